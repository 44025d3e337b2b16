import type { ReceiverPorts } from '../receiver/receiver-process.ts';

/** Where a contestant works: `logDir` is read, `directory` is its own, and empty. */
export interface Workplace {
  readonly logDir: string;
  readonly directory: string;
  readonly receiver: ReceiverPorts;
}

export interface Launch {
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that ships logs. */
export interface Contestant {
  readonly name: string;
  /** What the table says of it: what it sends and leaves out. */
  readonly remark: string;
  /** `records`: parts of a line count one by one, since it does not join them. */
  readonly unit: 'entries' | 'records';
  readonly readsRotated: boolean;
  /** Writes down what the program wants to read at its start. */
  prepare(place: Workplace): Launch;
}
