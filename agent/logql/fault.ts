/** Why a text is not what it should be, and what to write instead. */
export interface Fault {
  readonly fault: string;
}

export function isFault(read: object): read is Fault {
  return 'fault' in read;
}
