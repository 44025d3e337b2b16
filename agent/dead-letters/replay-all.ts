import { buildOutput } from '../assembly/build-output.ts';
import { outputNamed } from '../assembly/output-parts.ts';
import type { Config } from '../config/schema.ts';
import type { Screen } from '../demo/progress-view.ts';
import type { Clock } from '../runtime/clock.ts';
import type { LokiOutput } from '../outputs/loki/loki-output.ts';
import { LetterTable } from './letter-table.ts';
import { Replay, type ReplayTally } from './replay.ts';
import { ReplayView } from './replay-view.ts';
import { describeBad, type LetterFilter, selectLetters } from './select-letters.ts';
import { TakenLetters } from './taken-letters.ts';

type OutputConfig = Config['outputs'][number];

export interface ReplayRequest {
  readonly config: Config;
  readonly filter: LetterFilter;
  /** By the name of each output: its files of dead letters. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  readonly json: boolean;
  readonly dryRun: boolean;
}

export interface ReplaySurroundings {
  readonly stdout: { write(text: string): void };
  /** Where progress is shown. */
  readonly stderr: Screen;
  readonly stop: AbortSignal;
  readonly version: string;
}

/** What came of one output. */
interface Outcome extends ReplayTally {
  readonly output: string;
}

/** Replays the letters of each output in turn; false when some of those that were meant remain. Rejects on I/O errors. */
export async function replayAll(request: ReplayRequest, surroundings: ReplaySurroundings, clock: Clock): Promise<boolean> {
  if (request.dryRun) return foretell(request, surroundings);
  const outcomes: Outcome[] = [];
  let isComplete = true;
  for (const output of request.files.keys()) {
    if (surroundings.stop.aborted) return false;
    const found = outputNamed(request.config, output);
    const tally = found === null ? null : await replayOutput({ ...found, name: output }, request, surroundings, clock);
    if (found === null) complain(surroundings, `${output} is no output of the configuration any more, its letters stay`);
    if (tally !== null) outcomes.push({ output, ...tally });
    isComplete &&= tally !== null && tally.refused + tally.unsent + tally.bad === 0;
  }
  surroundings.stdout.write(request.json ? `${JSON.stringify({ outputs: outcomes }, null, 2)}\n` : summary(outcomes));
  return isComplete;
}

/** The letters that a replay would push, as a table. */
async function foretell({ files, filter, json }: ReplayRequest, { stdout, stderr }: ReplaySurroundings): Promise<boolean> {
  const table = new LetterTable();
  for (const [output, paths] of files) {
    for await (const { letter } of selectLetters(paths, filter, (line) => stderr.write(`${describeBad(line)}\n`)))
      table.add(output, letter);
  }
  stdout.write(json ? table.json() : table.text());
  return true;
}

async function replayOutput(
  { written, tenant, name }: { readonly written: OutputConfig; readonly tenant: string | null; readonly name: string },
  { config, filter }: ReplayRequest,
  surroundings: ReplaySurroundings,
  clock: Clock,
): Promise<ReplayTally> {
  const { stderr, stop, version } = surroundings;
  await using output = buildOutput({ ...written, name }, tenant, { version, clock, onRequest: () => undefined });
  const tenants = new Map<string, LokiOutput>();
  const mark = `${clock.now().toString(36)}-${Math.floor(clock.random() * 36 ** 6).toString(36)}`;
  await using letters = await TakenLetters.take({ stateDir: config.state_dir, output: name }, mark);
  if (letters === null) return { stored: 0, refused: 0, unsent: 0, bad: 0 };
  const view = new ReplayView(stderr, clock, { output: name, totalBytes: letters.bytes });
  const replay = new Replay({
    letters,
    outputAs: (as) => (as === null ? output : tenants.getOrInsertComputed(as, () => output.as(as))),
    clock,
    filter,
    batchBytes: written.batch_bytes,
    backoffMinMs: written.backoff.min_seconds * 1000,
    backoffMaxMs: written.backoff.max_seconds * 1000,
    onBad: (line) => view.event(describeBad(line)),
    onRetry: (detail, delayMs) => view.event(`${name}: ${detail}; trying again in ${(delayMs / 1000).toFixed(1)} s`),
    onProgress: (doneBytes, tally) => view.progress(doneBytes, tally),
  });
  await replay.run(stop).finally(() => view.end());
  await letters.commit();
  if (replay.ended !== null) complain(surroundings, `${name}: ${replay.ended.why ?? 'interrupted'}; what was not sent stays`);
  return replay.tally;
}

function complain({ stderr }: ReplaySurroundings, message: string): void {
  stderr.write(`logferry dead-letters: ${message}\n`);
}

function summary(outcomes: readonly Outcome[]): string {
  if (outcomes.length === 0) return 'no dead letters\n';
  return outcomes
    .map(({ output, stored, refused, unsent, bad }) => {
      const remain = [
        ...(refused > 0 ? [`${refused} refused again`] : []),
        ...(unsent > 0 ? [`${unsent} not sent`] : []),
        ...(bad > 0 ? [`${bad} lines that are no letters`] : []),
      ];
      return `${output}: ${[`${stored} stored`, ...remain].join(', ')}\n`;
    })
    .join('');
}
