import { buildStages } from '../../agent/build-stages.ts';
import { parseConfig } from '../../agent/config/load.ts';
import { compileJmesPath } from '../../agent/json/jmespath.ts';
import { Counters } from '../../agent/model/counters.ts';
import { Entry } from '../../agent/process/entry.ts';
import { Names } from '../../agent/process/names.ts';
import { Scratch } from '../../agent/process/scratch.ts';
import { viewOf } from './entry.ts';

type Values = Readonly<Record<string, string | null>>;

interface Extracted {
  readonly goesOn: boolean;
  /** By name, all that stages have to do with. */
  readonly values: Values;
}

/** What stages extract from a line; `stages` is YAML, a list. */
export function extracting(stages: string): (line: string | Buffer, before?: Values) => Extracted {
  const loaded = parseConfig('test', `outputs: [{ name: loki, type: loki, url: "http://loki/push" }]\nstages: ${stages}`, {
    env: {},
    hostname: 'node-1',
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const names = new Names();
  const { redactions } = new Counters();
  const stage = buildStages(loaded.config.stages, {
    extracted: names,
    labels: new Names(),
    ownLabels: [],
    scratch: new Scratch(),
    redactions,
    countFiltered: () => undefined,
    maxLineBytes: 262_144,
    compileJmesPath,
  })!;
  return (line, before = {}) => {
    const entry = new Entry(viewOf(Buffer.from(line)));
    const valuesBefore = names.list.map((name) => before[name] ?? null);
    entry.begin(entry.view, valuesBefore, []);
    const goesOn = stage.apply(entry);
    return { goesOn, values: Object.fromEntries(names.list.map((name, slot) => [name, entry.extracted[slot]!])) };
  };
}
