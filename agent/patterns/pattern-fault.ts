/** Why a pattern cannot be used, in words for who wrote it: what is wrong, and what to write instead. Thrown within this room only. */
export class PatternFault extends Error {}
