import { multilineBuilder } from '../../agent/handling/build-multiline.ts';
import { parseConfig } from '../../agent/config/load.ts';
import type { Labels } from '../../agent/model/labels.ts';
import { decodeFiles } from '../decode/log-feed.ts';
import { OUTPUTS } from '../config/problems-of.ts';

/** What lines become that a container prints to stdout at once, where `yaml`, a configuration without outputs, says how they are joined. */
export function joinedLines(yaml: string, lines: readonly string[], labels: Labels = {}): string[] {
  const loaded = parseConfig('test', `${OUTPUTS}\n${yaml}`, { env: {}, hostname: 'node-1' });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const [multiline] = multilineBuilder(loaded.config.stages)([labels], null);
  const log = lines.map((line) => `2024-05-01T12:00:00Z stdout F ${line}\n`).join('');
  return decodeFiles([Buffer.from(log)], { multiline: multiline ?? undefined }).map(({ content }) => content.toString());
}
