import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workplace } from './contestant.ts';

const PEERS = join(import.meta.dirname, '../peers');

/** Text with each `<name>` replaced. @throws for a name without a value */
export function filledIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/<(\w+)>/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for <${name}>`);
    return value;
  });
}

export function peerTemplate(name: string): string {
  return readFileSync(join(PEERS, name), 'utf8');
}

/** Writes a configuration of `peers/` for a workplace, and returns its path. */
export function writeConfig(name: string, text: string, { logDir, directory, receiver }: Workplace): string {
  const path = join(directory, name);
  const values = {
    log_dir: logDir,
    state_dir: join(directory, 'state'),
    http_port: String(receiver.http),
    tcp_port: String(receiver.tcp),
  };
  writeFileSync(path, filledIn(text, values));
  return path;
}
