import { parseYamlStrings } from '../config/yaml.ts';
import { type ForeignPosition, type ForeignPositions, type ImportFault, offsetOf } from './foreign-positions.ts';
import { logNameOf } from './log-name.ts';
import { malformed, readPositionsFile } from './read-positions-file.ts';

/** Label set of entries that Alloy took over from Promtail or the Agent (legacy.go beside positions.go, ConvertLegacyPositionsFile). */
const CONVERTED_LABELS = '{}';

interface Entry {
  readonly path: string;
  /** Null in a file of Promtail's. */
  readonly labels: string | null;
  readonly offset: string;
}

/**
 * The positions of Promtail, `positions: {<path>: "<offset>"}` (grafana/loki:clients/pkg/promtail/positions/positions.go, v3.5.0), or
 * of one `loki.source.file` of Alloy, where a mapping of path and labels is the key
 * (grafana/alloy:internal/component/loki/source/internal/positions/positions.go). An empty file holds none, as it does for them.
 * Journal cursors are ignored, and compressed files: their position counts lines (promtail/targets/file/decompresser.go).
 */
export async function readPromtailPositions(file: string): Promise<ForeignPositions | ImportFault> {
  const read = await readPositionsFile(file);
  if (read.kind === 'fault') return read;
  const written = entriesIn(read.text);
  if (typeof written === 'string') return malformed(file, `${written}; name the positions file of Promtail or of Alloy's loki.source.file`);
  const agent = written.some(({ labels }) => labels !== null) ? 'alloy' : 'promtail';
  const entries = written
    .filter((entry) => !isSuperseded(entry, written))
    .map(positionOf)
    .filter((position) => position !== null);
  return { kind: 'positions', agent, file, asOfMs: read.modifiedMs, entries, ignored: written.length - entries.length };
}

/** What is written below `positions`, or why there is nothing to be had. */
function entriesIn(text: string): readonly Entry[] | string {
  const parsed = parseYamlStrings(text);
  if (!parsed.ok) return `it is not YAML (${parsed.message})`;
  if (parsed.value === null) return [];
  const positions = parsed.value instanceof Map ? (parsed.value as Map<unknown, unknown>).get('positions') : undefined;
  if (!(positions instanceof Map)) return 'it has no mapping "positions"';
  const entries: Entry[] = [];
  for (const [key, offset] of positions as Map<unknown, unknown>) {
    const entry = typeof offset === 'string' ? entryOf(key, offset) : null;
    if (entry === null) return `its position ${entries.length + 1} is not of the form "<path>: <offset>"`;
    entries.push(entry);
  }
  return entries;
}

function entryOf(key: unknown, offset: string): Entry | null {
  if (typeof key === 'string') return { path: key, labels: null, offset };
  if (!(key instanceof Map)) return null;
  const [path, labels = ''] = [key.get('path'), key.get('labels')] as unknown[];
  return typeof path === 'string' && typeof labels === 'string' ? { path, labels, offset } : null;
}

/** Alloy goes on from a converted entry under the labels of its target, and never writes to the converted one again. */
function isSuperseded({ path, labels }: Entry, entries: readonly Entry[]): boolean {
  return labels === CONVERTED_LABELS && entries.some((other) => other.path === path && other.labels !== CONVERTED_LABELS);
}

function positionOf({ path, offset: text }: Entry): ForeignPosition | null {
  const [log, offset] = [logNameOf(path), offsetOf(text)];
  return log === null || offset === null ? null : { path, log, mark: null, offset };
}
