import type { Clock } from '../runtime/clock.ts';
import type { Account } from './account.ts';
import { type LokiAddress, LokiReadBack, ReadBackFailed } from './loki-read-back.ts';
import { Receiver } from './receiver.ts';

export interface Outage {
  down(): Promise<void>;
  up(): Promise<void>;
}

/** Where the demo's agent ships to. */
export interface DemoStore extends AsyncDisposable {
  readonly address: LokiAddress;
  /** Where a person can see what is stored. */
  readonly lookAt: string;
  /** Entries are in the account the moment they are stored; else `settle` puts them there. */
  readonly booksAtOnce: boolean;
  /** How many entries are stored; null when it can't be asked just now. */
  count(): Promise<number | null>;
  /** Takes the store away and brings it back; null when it is not ours to take away. */
  readonly outage: Outage | null;
  /** Afterwards the account holds all that is stored. @throws ReadBackFailed */
  settle(): Promise<void>;
}

/** The embedded receiver, which books every entry the moment it comes. */
export async function openEmbeddedStore(account: Account, clock: Clock): Promise<DemoStore> {
  const receiver = new Receiver(clock, ({ labels, name }, entry) => account.stored({ labels, stream: name, entry }));
  await receiver.up();
  return {
    address: { url: receiver.url, tenant: null },
    lookAt: `${receiver.url}/`,
    booksAtOnce: true,
    outage: receiver,
    count: () => Promise.resolve(account.tally().stored),
    settle: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose](),
  };
}

/**
 * A real Loki, in which the run's entries are those with the label `cluster`; they are read back at the end.
 * @throws ReadBackFailed when no Loki answers there
 */
export async function openLokiStore(address: LokiAddress, cluster: string, account: Account, clock: Clock): Promise<DemoStore> {
  const readBack = new LokiReadBack(address, cluster, clock);
  await readBack.count();
  return {
    address,
    lookAt: `{cluster=${JSON.stringify(cluster)}} in the Loki at ${address.url}`,
    booksAtOnce: false,
    outage: null,
    async count() {
      try {
        return await readBack.count();
      } catch (error) {
        if (error instanceof ReadBackFailed) return null;
        throw error;
      }
    },
    async settle() {
      for await (const stored of readBack.entries()) account.stored(stored);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
