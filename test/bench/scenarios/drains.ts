import { logferry } from '../contestants/logferry.ts';
import type { ContainerGroup } from '../corpus/log-tree.ts';
import { PARTS, SHORT, USUAL } from '../corpus/record-shape.ts';
import type { Result } from '../measure/contest.ts';
import type { Bench, Scenario } from './scenario.ts';

const MIB = 1024 * 1024;
const QUIET_BYTES = 10 * USUAL.entryBytes;

/** So many bytes in 20 containers of one file each. */
function twenty(mebibytes: number, shape = USUAL): ContainerGroup[] {
  return [{ containers: 20, bytesEach: (mebibytes * MIB) / 20, shape, files: 'live' }];
}

function drains(name: string, summary: string, groups: readonly ContainerGroup[]): Scenario {
  return {
    name,
    summary,
    run: async (bench) => {
      await bench.contest(`${name}: ${summary}`, bench.tree(name, groups));
    },
  };
}

export const BACKLOG: Scenario = {
  name: 'backlog',
  summary: '1 GiB of lines of 266 bytes in 20 files',
  run: async (bench) => {
    await backlog(bench);
  },
};

/** The scenario that everything is compared by. */
export function backlog(bench: Bench): Promise<Result[]> {
  return bench.contest(`backlog: ${BACKLOG.summary}`, bench.tree('backlog', twenty(1024)));
}

export const BUSY: Scenario = drains('busy', '500 containers, 5 of them with 100 MiB each', [
  { containers: 5, bytesEach: 100 * MIB, shape: USUAL, files: 'live' },
  { containers: 495, bytesEach: QUIET_BYTES, shape: USUAL, files: 'live' },
]);

export const LONG_LINES: Scenario = drains('parts', '512 MiB of lines of 50 kB that the runtime has split at 16 KiB', twenty(512, PARTS));

export const SHORT_LINES: Scenario = drains('short', '256 MiB of lines of 40 bytes and their headers', twenty(256, SHORT));

/** Those that read what is rotated. */
export const GZIP: Scenario = {
  name: 'gzip',
  summary: '1000 MiB in 20 containers with five files each, three of them compressed by the kubelet',
  run: async (bench) => {
    const [able, unable] = [true, false].map((wanted) => bench.contestants.filter(({ readsRotated }) => readsRotated === wanted));
    const tree = bench.tree('gzip', [{ containers: 20, bytesEach: 50 * MIB, shape: USUAL, files: 'rotated' }]);
    await bench.contest(`gzip: ${GZIP.summary}`, tree, able);
    if (unable!.length > 0) console.log(`Cannot read compressed files: ${unable!.map(({ name }) => name).join(', ')}.`);
  },
};

const LEVEL = { level: {} };
/** What every line is looked at for, some of it as labels. */
const STAGED: Readonly<Record<string, readonly object[]>> = {
  level: [LEVEL],
  'level-redact': [LEVEL, { redact: { shapes: ['email'] } }],
  needle: [{ match: { selector: '{namespace=~".+"} |= "GET /healthz"', action: 'drop' } }],
  json: [{ json: { expressions: { level: '', severity: 'level' } } }, { labels: { level: '', severity: '' } }],
};

export const JSON_LINES: Scenario = {
  name: 'json',
  summary:
    '512 MiB of JSON lines, as they are, with their level, searched for addresses too, for a word alone, and with labels of their own',
  run: async (bench) => {
    const staged = Object.entries(STAGED).map(([name, stages]) => logferry(`logferry-${name}`, { config: { stages } }));
    await bench.contest(`json: ${JSON_LINES.summary}`, bench.tree('json', twenty(512)), [...bench.logferry, ...staged]);
  },
};
