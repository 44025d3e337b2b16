import type { StoredEntry as FakeEntry } from './fake-loki-store.ts';
import type { Sighting } from './line-audit.ts';
import type { StoredEntry } from './loki-reader.ts';

export function sightingInFake({ stream, seconds, nanos, line, metadata }: FakeEntry): Sighting {
  const text = line.toString();
  return {
    key: keyOf(stream.labels, new Map(metadata).get('pod')),
    line: text,
    identity: JSON.stringify([stream.name, seconds, nanos, metadata, text]),
  };
}

export function sightingInLoki({ labels, nanos, line, metadata }: StoredEntry): Sighting {
  return { key: keyOf(labels, metadata['pod']), line, identity: JSON.stringify([labels, String(nanos), metadata, line]) };
}

/** Containers of several pods may have one name. */
function keyOf(labels: Readonly<Record<string, string>>, pod: string | undefined): string {
  return `${pod} ${labels['stream']}`;
}
