import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCheckpoints } from '../../agent/checkpoint/checkpoint-document.ts';
import { CheckpointStore } from '../../agent/checkpoint/checkpoint-store.ts';
import { isPosition } from '../../agent/checkpoint/position-shape.ts';
import { at, CURRENT, NEXT, PREVIOUS, stateDir } from './some-checkpoints.ts';

/** A document with one thing done to its bytes. */
const damaged = fc
  .tuple(fc.nat({ max: 3 }), fc.nat(), fc.constantFrom('none', 'cut', 'flip', 'zero', 'grow', 'version'))
  .map(([offset, place, damage]) => {
    const bytes = Buffer.from(formatCheckpoints(at(offset)));
    const index = place % bytes.length;
    if (damage === 'cut') return bytes.subarray(0, index);
    if (damage === 'flip') bytes[index]! ^= 1 << (place % 8);
    if (damage === 'zero') bytes.fill(0, index);
    if (damage === 'version') return Buffer.from(bytes.toString().replace('"version":2', `"version":${place}`));
    return damage === 'grow' ? Buffer.concat([bytes, bytes.subarray(index)]) : bytes;
  });
const content = fc.oneof(
  damaged,
  fc.uint8Array({ maxLength: 200 }),
  fc.constantFrom('absent' as const, 'directory' as const),
  fc.json().map((text) => Buffer.from(text)),
);

test('I8 whatever stands under the names of the generations, there is something to go on from, and saving works again', async () => {
  const directory = await stateDir();
  await fc.assert(
    fc.asyncProperty(content, content, content, async (...contents) => {
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(directory);
      for (const [index, name] of [CURRENT, PREVIOUS, NEXT].entries()) {
        const bytes = contents[index]!;
        if (bytes === 'directory') mkdirSync(join(directory, name));
        else if (bytes !== 'absent') writeFileSync(join(directory, name), bytes);
      }
      const store = new CheckpointStore(directory);
      const { checkpoints } = await store.load();
      const undamaged = contents.flatMap((bytes) => (typeof bytes === 'string' ? [] : [Buffer.from(bytes).toString()]));
      // Nothing is made up: it is a document as it was written, or nothing at all.
      if (Object.keys(checkpoints.outputs).length > 0) expect(undamaged).toContain(formatCheckpoints(checkpoints));
      expect(Object.values(checkpoints.outputs).every((sources) => Object.values(sources).every(isPosition))).toBe(true);
      await store.save(at(4)).catch(() => null);
      await store.save(at(4));
      expect(await new CheckpointStore(directory).load()).toMatchObject({ checkpoints: at(4) });
    }),
    { numRuns: 400 },
  );
});
