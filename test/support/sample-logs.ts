import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A line without its LF; long ones by their hash. */
export type PrintedLine = { readonly b64: string } | { readonly len: number; readonly sha256: string };

/** What a container wrote to one channel, known from its program and not from a log. */
interface Printed {
  readonly count: number;
  readonly bytes: number;
  readonly sha256: string;
  /** The last line had no LF. */
  readonly unterminated?: true;
  /** Left out where there are very many. */
  readonly lines?: readonly PrintedLine[];
}

interface Scenario {
  readonly stdout: Printed;
  readonly stderr: Printed;
  readonly order?: string;
}

interface SampleFile {
  readonly format: 'cri' | 'docker-json';
  readonly scenario: string;
  readonly files?: readonly string[];
  readonly logged?: Omit<Scenario, 'order'>;
}

interface LayoutContainer {
  readonly Files: readonly string[];
  readonly Scenario: string;
}

interface Expected {
  readonly scenarios: Record<string, Scenario>;
  readonly files: Record<string, SampleFile>;
  readonly layout: readonly LayoutContainer[];
}

/** The log of one container, as a runtime wrote it. */
export interface SampleLog {
  readonly name: string;
  readonly format: 'cri' | 'docker-json';
  /** Oldest first, decompressed. */
  readonly files: readonly Buffer[];
  /** Indexed by channel. */
  readonly printed: readonly [Printed, Printed];
  /** The channel (o, e) of each completed line in the order of writing, where the program left time between them. */
  readonly order: string | null;
}

const DIRECTORY = new URL('../samples/cri/', import.meta.url);

/** All logs of `test/samples/cri`; its README says where they come from. */
export function sampleLogs(): SampleLog[] {
  const { scenarios, files, layout } = JSON.parse(readSample('expected.json').toString()) as Expected;
  const logs: SampleLog[] = [];
  for (const [name, { format, scenario, files: members, logged }] of Object.entries(files)) {
    const { stdout, stderr, order = null } = { ...scenarios[scenario]!, ...logged };
    const paths = members === undefined ? [name] : members.map((member) => `${name}/${member}`);
    logs.push({ name, format, files: paths.map((path) => decompressed(path, readSample(path))), printed: [stdout, stderr], order });
  }
  const archived = untar(readSample('layout.tar'));
  for (const { Files: paths, Scenario: scenario } of layout) {
    const { stdout, stderr, order = null } = scenarios[scenario]!;
    const contents = paths.map((path) => decompressed(path, archived.get(path)!));
    logs.push({ name: `layout.tar/${scenario}`, format: 'cri', files: contents, printed: [stdout, stderr], order });
  }
  return logs;
}

function readSample(path: string): Buffer {
  return readFileSync(new URL(path, DIRECTORY));
}

function decompressed(path: string, content: Buffer): Buffer {
  return path.endsWith('.gz') ? gunzipSync(content) : content;
}

/** Content of the regular files of a tar archive (POSIX ustar: blocks of 512 bytes, a header before each content). */
function untar(archive: Buffer): Map<string, Buffer> {
  const contents = new Map<string, Buffer>();
  const text = (from: number, to: number): string => archive.toString('latin1', from, to).replace(/\0.*$/s, '');
  let at = 0;
  while (at < archive.length && archive[at] !== 0) {
    const size = Number.parseInt(text(at + 124, at + 136), 8);
    const type = text(at + 156, at + 157);
    if (type === '0' || type === '') contents.set(text(at, at + 100), archive.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return contents;
}
