import { closeSync, openSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { scan } from '../discover/scan.ts';
import { DOCKER_LOG_ROOT } from '../model/docker-log-root.ts';
import type { Source } from '../model/source.ts';
import { systemClock } from '../runtime/clock.ts';
import { systemFiles } from '../runtime/file-system.ts';
import { Descriptors } from '../tail/descriptors.ts';
import { type Opening, openRegular } from '../tail/open-regular.ts';
import { asRecords, lastLines, ownerOf } from './read-log.ts';

/** The end of a log, as records of a runtime. */
interface LogSample {
  /** `namespace/pod/container`, or the path of a file that is no container's. */
  readonly name: string;
  readonly records: Buffer;
}

/** A log that was named; or why it cannot be looked at. */
export type SampledLog = { readonly ok: true; readonly sample: LogSample } | { readonly ok: false; readonly failure: string };

/**
 * The last `bytes` of each log that paths name: files, or directories that hold `pods/`. In a directory a link leads nowhere that the agent
 * would not follow it to, since what is in it is not the caller's. A log that is gone since it was found is left out.
 */
export function* logSamples(paths: readonly string[], bytes: number): Generator<SampledLog> {
  for (const path of paths) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory() === true) yield* directorySamples(path, bytes);
    else if (stats?.isFile() === true) yield readSample(path, openSync(path, 'r'), bytes);
    else yield { ok: false, failure: `${path} is no file and no directory` };
  }
}

function* directorySamples(path: string, bytes: number): Generator<SampledLog> {
  const { sources, failures } = scan(path);
  for (const { path: directory, code } of failures) yield { ok: false, failure: `${directory} cannot be read (${code})` };
  if (sources.length === 0) yield { ok: false, failure: `${join(path, 'pods')} holds no logs of containers` };
  const descriptors = new Descriptors(Number.POSITIVE_INFINITY, systemClock);
  const pods = sources.length === 0 ? '' : realpathSync.native(join(path, 'pods'));
  for (const source of sources) {
    const sampled = sampleOf(source, { roots: [pods, DOCKER_LOG_ROOT], pods, descriptors, fs: systemFiles }, bytes);
    if (sampled !== null) yield sampled;
  }
}

export interface SampleOpening extends Omit<Opening, 'home'> {
  /** Where the logs of all pods are, a real path. */
  readonly pods: string;
}

/** The end of a container's log; null when it is gone. */
export function sampleOf({ id, path }: Source, { pods, ...opening }: SampleOpening, bytes: number): SampledLog | null {
  const opened = openRegular(path, { ...opening, home: { pods, own: join(pods, dirname(id)) } });
  if (typeof opened !== 'string') return readSample(path, opened.fd, bytes);
  return opened === 'missing' ? null : { ok: false, failure: `${path} is not opened: ${opened}` };
}

function readSample(path: string, fd: number, bytes: number): SampledLog {
  try {
    const owner = ownerOf(path);
    const name = owner === null ? path : `${owner.namespace}/${owner.pod}/${owner.container}`;
    return { ok: true, sample: { name, records: asRecords(lastLines(fd, bytes)) } };
  } finally {
    closeSync(fd);
  }
}
