import { letterJson, letterText } from '../dead-letters/letter-text.ts';
import { LetterTable } from '../dead-letters/letter-table.ts';
import { describeBad, selectLetters } from '../dead-letters/select-letters.ts';
import { replayAll } from '../dead-letters/replay-all.ts';
import type { BadLine, GoodLine } from '../deliver/read-letters.ts';
import { systemClock } from '../runtime/clock.ts';
import { type Command, EXIT_FAILED, EXIT_MISUSE, EXIT_OK, type Host } from './command.ts';
import { type LettersRequest, readLettersRequest } from './letters-request.ts';

const HELP = `Usage: logferry dead-letters list|show|replay --config FILE [OPTIONS]

Entries that a store refused for good are kept in the state directory, as dead-letters.<output>.jsonl.

  list     how many there are, by output, reason and stream
  show     the letters themselves, control characters written out so that they do no harm to a terminal
  replay   push them to their output again, byte for byte; what is stored is removed, what is refused again stays with the new
           reason. The agent may go on meanwhile. A replay that is interrupted, or killed, loses nothing: the next one takes it up

Options:
  --config FILE     the configuration file of the agent (YAML)
  --output NAME     only letters of this output
  --reason R        only letters with this reason, such as refused_too_large
  --source PREFIX   only letters of sources whose id, <namespace>_<pod>_<uid>/<container>/<attempt>, begins like this
  --json            print JSON instead: list one document, show a letter a line, replay one document
  --raw             show: print the lines alone, their bytes as they are
  --limit N         show: no more than N letters
  --dry-run         replay: say what would be pushed, and leave all as it is
  --help            print this

Exit code: 0 fine, 1 letters remain of those to be replayed or files cannot be read, 2 wrong use or a wrong configuration.

Examples:
  logferry dead-letters list --config /etc/logferry/logferry.yaml
  logferry dead-letters show --config logferry.yaml --reason refused_invalid --limit 10
  logferry dead-letters replay --config logferry.yaml --source shop_web-0 --dry-run
  logferry dead-letters replay --config logferry.yaml --output loki
`;

/** `logferry dead-letters`: looks at the entries that stores refused, and pushes them again. */
export const deadLettersCommand: Command = {
  summary: 'list, show or replay the entries that a store refused',
  help: HELP,
  run,
};

async function run(args: readonly string[], host: Host): Promise<number> {
  host.becomeLean(null);
  try {
    const read = await readLettersRequest(args, host);
    if (read.ok) return await ACTIONS[read.request.action](read.request, host);
    for (const line of read.lines) host.stderr.write(`${line}\n`);
    if (read.help) host.stderr.write('See logferry dead-letters --help.\n');
    return EXIT_MISUSE;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || code.startsWith('ERR_')) throw error;
    host.stderr.write(`logferry dead-letters: ${message}\n`);
    return EXIT_FAILED;
  }
}

const ACTIONS = { list, show, replay } as const;

async function replay(request: LettersRequest, host: Host): Promise<number> {
  return (await replayAll(request, host, systemClock)) ? EXIT_OK : EXIT_FAILED;
}

async function list(request: LettersRequest, host: Host): Promise<number> {
  const table = new LetterTable();
  for await (const { output, line } of meantLetters(request, host)) table.add(output, line.letter);
  host.stdout.write(request.json ? table.json() : table.text());
  return EXIT_OK;
}

async function show(request: LettersRequest, host: Host): Promise<number> {
  let left = request.limit;
  for await (const { output, line } of meantLetters(request, host)) {
    if (request.raw) host.stdout.write(Buffer.concat([line.letter.line, Buffer.from('\n')]));
    else host.stdout.write(request.json ? letterJson(output, line) : letterText(output, line));
    left -= 1;
    if (left === 0) break;
  }
  return EXIT_OK;
}

/** Ends early when the command is to stop. */
async function* meantLetters({ files, filter }: LettersRequest, host: Host): AsyncGenerator<{ output: string; line: GoodLine }> {
  const onBad = (line: BadLine): void => host.stderr.write(`${describeBad(line)}\n`);
  for (const [output, paths] of files) {
    for await (const line of selectLetters(paths, filter, onBad)) {
      if (host.stop.aborted) return;
      yield { output, line };
    }
  }
}
