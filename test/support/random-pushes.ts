import * as fc from 'fast-check';
import type { PushedEntry, PushedStream } from '../../agent/outputs/loki/decode-push.ts';

/** What a random entry is: most are fine, the others are wrong in ways that Loki's limits as shipped know, or just on the edge of them. */
interface Recipe {
  readonly kind: 'good' | 'old' | 'ahead' | 'behind' | 'long' | 'much_metadata' | 'many_metadata';
  readonly offsetMs: number;
  readonly nanos: number;
}

const DAY_MS = 86_400_000;
/** How far from now an entry is, give or take its offset. */
const DISTANCE_MS: Readonly<Record<Recipe['kind'], number>> = {
  good: 0,
  old: -7 * DAY_MS,
  ahead: 600_000,
  behind: -3_600_000,
  long: 0,
  much_metadata: 0,
  many_metadata: 0,
};
const LONG_LINE = Buffer.alloc(262_145, 'x');
const LABELS = [
  ['n', 'plain'],
  ['app', 'web "1"; 2 errors like: {é}\n'],
  ['service_name', 'known'],
  ...Array.from({ length: 16 }, (_, index) => [`l${index}`, '1'] as const),
] as const;
const LABEL_SETS = [LABELS.slice(0, 1), LABELS.slice(1, 2), LABELS.slice(2, 3), LABELS.slice(3)];

const offsets = {
  offsetMs: fc.oneof(fc.integer({ min: -2000, max: 2000 }), fc.constantFrom(-60_000, -1, 0, 1, 60_000)),
  nanos: fc.constantFrom(0, 1, 999_999),
};
const good = fc.record({ kind: fc.constant('good' as const), ...offsets });
const behind = fc.record({ kind: fc.constant('behind' as const), ...offsets });
const bad = fc.record({ kind: fc.constantFrom('old', 'ahead', 'long', 'much_metadata', 'many_metadata'), ...offsets });

/** Some entries of every kind, or many that are too far behind, so that not all of them are listed. */
const recipes: fc.Arbitrary<Recipe[]> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(fc.oneof({ weight: 6, arbitrary: good }, { weight: 1, arbitrary: bad }, { weight: 2, arbitrary: behind }), {
      maxLength: 30,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.array(fc.oneof({ weight: 1, arbitrary: good }, { weight: 9, arbitrary: behind }), { minLength: 15, maxLength: 40 }),
  },
);

export interface RandomPush {
  /** Each with one of the label sets. */
  readonly streams: readonly { readonly labels: number; readonly recipes: readonly Recipe[] }[];
  /** Whether the entries of a stream are in order of time. */
  readonly inOrder: boolean;
}

export const randomPush: fc.Arbitrary<RandomPush> = fc.record({
  streams: fc.uniqueArray(fc.record({ labels: fc.integer({ min: 0, max: LABEL_SETS.length - 1 }), recipes }), {
    selector: ({ labels }) => labels,
    minLength: 1,
    maxLength: 3,
  }),
  inOrder: fc.boolean(),
});

/** The push as it is decoded. Pushes of different runs have no stream in common, those of one run no line. */
export function pushedStreams({ streams, inOrder }: RandomPush, nowMs: number, run: string, attempt: number): PushedStream[] {
  return streams.map(({ labels, recipes }, stream) => {
    const entries = recipes.map((recipe, index) => pushedEntry(recipe, nowMs, `${attempt} ${stream} ${index}`));
    return {
      labels: `{run="${run}"${LABEL_SETS[labels]!.map(([name, value]) => `, ${name}=${JSON.stringify(value)}`).join('')}}`,
      entries: inOrder ? entries.toSorted((a, b) => a.seconds - b.seconds || a.nanos - b.nanos) : entries,
    };
  });
}

function pushedEntry({ kind, offsetMs, nanos }: Recipe, nowMs: number, line: string): PushedEntry {
  const ms = Math.floor(nowMs) + DISTANCE_MS[kind] + (kind === 'good' ? -Math.abs(offsetMs) : offsetMs);
  const seconds = Math.floor(ms / 1000);
  const metadata: [string, string][] = kind === 'many_metadata' ? Array.from({ length: 129 }, (_, index) => [`m${index}`, '1']) : [];
  return {
    seconds,
    nanos: (ms - seconds * 1000) * 1_000_000 + nanos,
    line: kind === 'long' ? LONG_LINE : Buffer.from(line),
    metadata: kind === 'much_metadata' ? [['m', 'x'.repeat(65_536)]] : metadata,
  };
}
