import { readdirSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SourceLog } from '../../agent/tail/source-log.ts';
import { exactCommands, truncatingCommands } from './log-commands.ts';
import { LogWorld } from './log-world.ts';
import { kubelet, lumberjack } from './rotators.ts';

/** A failure prints its seed and path; `{ seed, path }` here runs it again. */
const RUNS = { numRuns: 4000 };

describe(SourceLog, () => {
  test.each([kubelet, lumberjack])(
    'I2 I4 I5 I8 whatever $name does to its files, a log is read in order, to its end, and again only from the saved position',
    async (rotator) => {
      const descriptors = readdirSync('/proc/self/fd').length;
      await fc.assert(
        fc.asyncProperty(fc.commands(exactCommands, { maxCommands: 40 }), async (commands) => {
          using world = new LogWorld(true, rotator);
          await fc.asyncModelRun(() => ({ model: world, real: world }), commands);
          world.poll();
          world.take(await world.reader.finish());
          world.assertAllRead();
        }),
        RUNS,
      );
      expect(readdirSync('/proc/self/fd').length).toBe(descriptors);
    },
    60_000,
  );

  /*
   * Truncation destroys what stood in the file, read or not, and no reader can tell by looking when it happened. What cannot be
   * promised: lines that were cut away before they were read; a file that grew again to exactly the size it was last seen with
   * (noticed only when it grows on); that a chunk which is read between a truncation and the next poll begins with a line; that the
   * lines of a file come once. What is promised: after the next poll whatever stands in the file is read from its start, so that no
   * line is missing that is still on disk. It is known by a size below what was read, or by other first bytes.
   */
  test('I5 I8 with truncations: no line is missing that is still on disk', async () => {
    const given: string[] = [];
    const commands = truncatingCommands((text) => given.push(text));
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 40 }), async (steps) => {
        given.length = 0;
        using world = new LogWorld(false, kubelet);
        await fc.asyncModelRun(() => ({ model: world, real: world }), steps);
        world.poll();
        given.push(await world.reader.finish());
        world.assertNothingMissing(given.join(''));
      }),
      RUNS,
    );
  });
});
