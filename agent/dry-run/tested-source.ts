import type { TestedLine, TestedLog } from '../config/config-tests-schema.ts';
import { recordTime } from '../decode/record-time.ts';
import { sourceOfId } from '../discover/log-path.ts';
import type { Pod } from '../model/pod.ts';
import type { Source } from '../model/source.ts';
import { rfc3339Nano, type Time } from '../runtime/civil-time.ts';

const UID = '00000000-0000-0000-0000-000000000000';
/** Noon of the 1st of May 2024, UTC. */
const FIRST_TIME: Time = [1_714_564_800, 0];
const BETWEEN_LINES_NANOS = 1_000_000;

/** The container that a test names. */
export function testedSource({ namespace, pod, container }: TestedLog): Source {
  return sourceOfId(`${namespace}_${pod}_${UID}/${container}/0`)!;
}

/** What the API server says of its pod. */
export function testedPod(log: TestedLog): Pod {
  const { namespace, pod: name, pod_labels: labels, pod_annotations: annotations, namespace_labels: namespaceLabels, owner = null } = log;
  return { uid: UID, namespace, name, labels, annotations, controller: owner, configHash: null, namespaceLabels };
}

/** The records that a runtime writes for lines. A line may hold line feeds: then it is as many records. */
export function testedRecords(lines: readonly TestedLine[]): Buffer {
  let at = FIRST_TIME;
  const records: string[] = [];
  for (const { line, stream, time } of lines) {
    const written = time ?? rfc3339Nano(at);
    records.push(...line.split('\n').map((text) => `${written} ${stream} F ${text}\n`));
    at = later((time === null ? null : recordTime(Buffer.from(`${time} `))) ?? at);
  }
  return Buffer.from(records.join(''));
}

function later([seconds, nanos]: Time): Time {
  const sum = nanos + BETWEEN_LINES_NANOS;
  return sum < 1e9 ? [seconds, sum] : [seconds + 1, sum - 1e9];
}
