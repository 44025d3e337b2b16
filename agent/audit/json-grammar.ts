/** States between two bytes of a JSON text that is an object (RFC 8259), by what may come next. */
export const VALUE = 0;
export const KEY = 1;
export const FIRST_ITEM = 2;
export const FIRST_KEY = 3;
export const COLON = 4;
export const AFTER = 5;
export const IN_STRING = 6;
export const DONE = 7;
const ESCAPE = 8;
/** Four digits are missing, three, two, one. */
const HEX = [9, 10, 11, 12] as const;
const MINUS = 13;
const POINT = 14;
const EXPONENT = 15;
const EXPONENT_SIGN = 16;
/** A number may end here. */
const ZERO = 17;
const INTEGER = 18;
const FRACTION = 19;
const EXPONENT_DIGITS = 20;
/** Before the object that the text has to be. */
export const START = 21;
const FIRST_LITERAL = 22;
const LITERALS = ['true', 'false', 'null'] as const;

/** What a byte means where it leads to more than another state. */
export const SPACE = 64;
export const OPEN_OBJECT = 65;
export const OPEN_ARRAY = 66;
export const CLOSE_OBJECT = 67;
export const CLOSE_ARRAY = 68;
export const COMMA = 69;
export const OPEN_KEY = 70;
export const CLOSE_STRING = 71;
export const KEY_COLON = 72;
export const WRONG = 127;
export const FIRST_ACTION = 64;

const NUMBER_ENDS: readonly number[] = [ZERO, INTEGER, FRACTION, EXPONENT_DIGITS];

/** Whether a number ends with the byte that follows. */
export function isNumber(state: number): boolean {
  return state >= ZERO && state <= EXPONENT_DIGITS;
}

/** By state and byte, `state << 8 | byte`: the next state, or an action. */
export const TRANSITIONS: Uint8Array = buildTransitions();

function buildTransitions(): Uint8Array {
  const table = new Uint8Array(64 << 8).fill(WRONG);
  const set = (states: readonly number[], bytes: string, next: number): void => {
    for (const state of states) for (const byte of Buffer.from(bytes, 'latin1')) table[(state << 8) | byte] = next;
  };
  setStructure(set);
  setStrings(table, set);
  setNumbers(set);
  setLiterals(set);
  return table;
}

type Set = (states: readonly number[], bytes: string, next: number) => void;

function setStructure(set: Set): void {
  set([START, VALUE, KEY, FIRST_ITEM, FIRST_KEY, COLON, AFTER, DONE, ...NUMBER_ENDS], ' \t\n\r', SPACE);
  set([START, VALUE, FIRST_ITEM], '{', OPEN_OBJECT);
  set([VALUE, FIRST_ITEM], '[', OPEN_ARRAY);
  set([FIRST_KEY, AFTER, ...NUMBER_ENDS], '}', CLOSE_OBJECT);
  set([FIRST_ITEM, AFTER, ...NUMBER_ENDS], ']', CLOSE_ARRAY);
  set([AFTER, ...NUMBER_ENDS], ',', COMMA);
  set([KEY, FIRST_KEY], '"', OPEN_KEY);
  set([COLON], ':', KEY_COLON);
}

function setStrings(table: Uint8Array, set: Set): void {
  set([VALUE, FIRST_ITEM], '"', IN_STRING);
  table.fill(IN_STRING, (IN_STRING << 8) | 0x20, (IN_STRING + 1) << 8);
  set([IN_STRING], '"', CLOSE_STRING);
  set([IN_STRING], '\\', ESCAPE);
  set([ESCAPE], '"\\/bfnrt', IN_STRING);
  set([ESCAPE], 'u', HEX[0]);
  for (const [index, state] of HEX.entries()) set([state], '0123456789abcdefABCDEF', HEX[index + 1] ?? IN_STRING);
}

function setNumbers(set: Set): void {
  const digits = '0123456789';
  set([VALUE, FIRST_ITEM], '-', MINUS);
  set([VALUE, FIRST_ITEM, MINUS], '0', ZERO);
  set([VALUE, FIRST_ITEM, MINUS], '123456789', INTEGER);
  set([INTEGER], digits, INTEGER);
  set([ZERO, INTEGER], '.', POINT);
  set([POINT, FRACTION], digits, FRACTION);
  set([ZERO, INTEGER, FRACTION], 'eE', EXPONENT);
  set([EXPONENT], '+-', EXPONENT_SIGN);
  set([EXPONENT, EXPONENT_SIGN, EXPONENT_DIGITS], digits, EXPONENT_DIGITS);
}

function setLiterals(set: Set): void {
  let state = FIRST_LITERAL;
  for (const [first, ...rest] of LITERALS) {
    set([VALUE, FIRST_ITEM], first!, state);
    for (const [index, letter] of rest.entries()) {
      set([state], letter, index === rest.length - 1 ? AFTER : state + 1);
      state += 1;
    }
  }
}
