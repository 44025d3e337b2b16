import type { EventReader } from './event-reader.ts';

/**
 * What of an event may rest on this node's disk: what leaves the node of it. Bodies of Secrets are in no file of ours, and what is read of
 * that file is pruned once more, which changes nothing. Takes a line without its LF; null: nothing of it leaves.
 */
export function pruneWith(reader: EventReader): (event: Buffer) => Buffer | null {
  return (event) => {
    reader.push(event, 0, event.length);
    const read = reader.finish();
    reader.reset();
    return read.kind === 'entry' ? Buffer.from(read.line) : null;
  };
}
