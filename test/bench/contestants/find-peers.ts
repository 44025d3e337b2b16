import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CONFIGURED_PEERS, configuredPeer } from './configured-peer.ts';
import type { Contestant } from './contestant.ts';
import { rsyslog } from './rsyslog.ts';

const NAMES = ['rsyslogd', ...CONFIGURED_PEERS];

export interface FoundPeers {
  readonly found: readonly Contestant[];
  readonly missing: readonly string[];
}

/**
 * The peers on this machine. `wanted` is `name=/path/of/program,...`, as in BENCH_PEERS; besides, rsyslogd is looked for in `path`.
 * @throws for a name that is no peer's and for a program that cannot be run
 */
export function findPeers(wanted: string, path: string): FoundPeers {
  const programs = parsePrograms(wanted);
  const rsyslogd = path
    .split(delimiter)
    .map((directory) => join(directory, 'rsyslogd'))
    .find(isProgram);
  if (rsyslogd !== undefined && !programs.has('rsyslogd')) programs.set('rsyslogd', rsyslogd);
  const found = [...programs].map(([name, program]) => (name === 'rsyslogd' ? rsyslog(program) : configuredPeer(name, program)));
  return { found, missing: NAMES.filter((name) => !programs.has(name)) };
}

function parsePrograms(wanted: string): Map<string, string> {
  const programs = new Map<string, string>();
  for (const pair of wanted.split(',').filter((text) => text !== '')) {
    const [name = '', program = ''] = pair.split('=', 2);
    if (!NAMES.includes(name)) throw new Error(`BENCH_PEERS: ${name} should be one of ${NAMES.join(', ')}`);
    if (!isProgram(program)) throw new Error(`BENCH_PEERS: ${name}=${program} should name a program that may be run`);
    programs.set(name, program);
  }
  return programs;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
