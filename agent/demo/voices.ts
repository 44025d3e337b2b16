import { type Channel, STDERR, STDOUT } from '../model/record.ts';
import type { ContainerNames } from './kubelet-log-dir.ts';

/** One line to print, without its line feed. */
interface Utterance {
  readonly channel: Channel;
  readonly text: string;
}

/** What one kind of container prints. */
export interface Voice {
  readonly names: ContainerNames;
  /** A few words for the view. */
  readonly about: string;
  /** Lines printed at once. `next` gives each line the number that it must bear, as `seq=17` or `"seq":17`; `random` is in [0, 1). */
  say(next: () => number, random: () => number): Utterance[];
}

/** The containers of the demo: between them they write most of what makes container logs hard to ship. */
export const VOICES: readonly Voice[] = [
  {
    names: { namespace: 'shop', pod: 'checkout-6d9f7c5b8-x2x4q', container: 'checkout' },
    about: 'JSON, one object a line',
    say: (next, random) => times(4 + Math.floor(random() * 40), () => out(order(next(), random()))),
  },
  {
    names: { namespace: 'shop', pod: 'frontend-75bb8d4f6c-9mzkl', container: 'frontend' },
    about: 'plain access log, stdout and stderr',
    say: (next, random) =>
      times(2 + Math.floor(random() * 60), () => {
        const number = next();
        return number % 50 === 0 ? err(`upstream checkout timed out after 3000 ms, retrying seq=${number}`) : out(access(number, random()));
      }),
  },
  {
    names: { namespace: 'billing', pod: 'ledger-sync-0', container: 'ledger-sync' },
    about: 'Java, with stack traces',
    say: (next, random) => {
      const lines = times(1 + Math.floor(random() * 10), () => out(`INFO  [main] c.a.billing.LedgerSync - posted batch seq=${next()}`));
      return random() < 0.15 ? [...lines, ...stackTrace(next)] : lines;
    },
  },
  {
    names: { namespace: 'media', pod: 'thumbnailer-5f6b9d7c44-k8s7t', container: 'thumbnailer' },
    about: 'lines of 40,000 bytes, which the runtime cuts in parts',
    say: (next, random) => [out(`scaling image seq=${next()}`), ...(random() < 0.3 ? [out(image(next(), random()))] : [])],
  },
];

function order(number: number, random: number): string {
  const cents = 199 + Math.floor(random * 12_000);
  return JSON.stringify({
    level: 'info',
    seq: number,
    msg: 'order placed',
    order: `o-${100_000 + number}`,
    eur: cents / 100,
    café: 'olé ☕',
  });
}

function access(number: number, random: number): string {
  const paths = ['/', '/cart', '/product/42', '/search?q=lamp', '/healthz'];
  const path = paths[Math.floor(random * paths.length)] ?? '/';
  return `10.1.${number % 7}.${number % 251} "GET ${path} HTTP/1.1" 200 ${400 + (number % 9000)} ${(random / 10).toFixed(3)} seq=${number}`;
}

function stackTrace(next: () => number): Utterance[] {
  const frames = ['Ledger.post(Ledger.java:118)', 'LedgerSync.flush(LedgerSync.java:57)', 'LedgerSync.run(LedgerSync.java:31)'];
  return [
    err(`java.lang.IllegalStateException: entry is already posted seq=${next()}`),
    ...frames.map((frame) => err(`\tat com.acme.billing.${frame} seq=${next()}`)),
    err(`Caused by: java.sql.SQLException: duplicate key value violates unique constraint "ledger_pk" seq=${next()}`),
    err(`\t... 12 more seq=${next()}`),
  ];
}

/** A long line, as of a program that logs a picture: characters of one to three bytes, so that parts end within some of them. */
function image(number: number, random: number): string {
  const pixel = ['▓', 'é', '.', 'x'][Math.floor(random * 4)] ?? '.';
  return `preview seq=${number} data:${pixel.repeat(Math.ceil(40_000 / Buffer.byteLength(pixel)))}`;
}

function out(text: string): Utterance {
  return { channel: STDOUT, text };
}

function err(text: string): Utterance {
  return { channel: STDERR, text };
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}
