import * as fc from 'fast-check';
import { GRACE_MS } from '../support/line-reader.ts';
import type { LogWorld } from './log-world.ts';

export type LogCommand = fc.AsyncCommand<LogWorld, LogWorld>;

interface Step {
  readonly name: string;
  /** What must be so for the step to make sense; always, unless given. */
  readonly when?: (world: LogWorld) => boolean;
  readonly run: (world: LogWorld) => void | Promise<void>;
}

function command({ name, when = () => true, run }: Step): LogCommand {
  return {
    check: when,
    run: async (world) => run(world),
    toString: () => name,
  };
}

const hasWriter = ({ writer }: LogWorld): boolean => writer !== null;
/** Not while the reader has still to notice a truncation: when a file is cut and goes at once, nothing is promised. */
const isLive = ({ writer, live }: LogWorld): boolean => writer !== null && writer.path === live && writer.cutFrom === null;
const isRenamed = ({ writer, live }: LogWorld): boolean => writer !== null && writer.path !== live;

function rotate(world: LogWorld): void {
  world.rename();
  world.reopen();
}

/** Rotations while the agent is away, each after one line, of which the kubelet leaves `kept` files: inodes are reused meanwhile. */
function downtime(world: LogWorld, lengths: readonly number[], kept: number): void {
  world.save();
  world.restart(() => {
    for (const n of lengths) {
      if (n > 0) world.write(world.writer!, world.line(n));
      rotate(world);
      world.closeOld();
      while (world.rotated.length > kept) world.remove(world.rotated[0]!);
    }
    world.write(world.writer!, world.line(lengths.length));
  });
}

const length = fc.integer({ min: 0, max: 40 });

/** What the runtime does. */
const writing: fc.Arbitrary<LogCommand>[] = [
  fc.array(length, { minLength: 1, maxLength: 5 }).map((lengths) =>
    command({
      name: `write(${lengths.join()})`,
      when: hasWriter,
      run: (world) => world.write(world.writer!, lengths.map((n) => world.line(n)).join('')),
    }),
  ),
  length.map((n) =>
    command({ name: `half(${n})`, when: hasWriter, run: (world) => world.write(world.writer!, world.line(n).slice(0, -1)) }),
  ),
  length.map((n) => command({ name: `flush(${n})`, when: ({ mayFlush }) => mayFlush, run: (world) => world.flush(world.line(n)) })),
];

/** What the kubelet does. */
const rotating: fc.Arbitrary<LogCommand>[] = [
  fc.constant(command({ name: 'rotate', when: isLive, run: rotate })),
  fc.constant(
    command({
      name: 'rotateTwice',
      when: isLive,
      run: (world) => {
        rotate(world);
        world.write(world.writer!, world.line(3));
        rotate(world);
      },
    }),
  ),
  fc.constant(command({ name: 'rename', when: isLive, run: (world) => world.rename() })),
  fc.constant(command({ name: 'reopen', when: isRenamed, run: (world) => world.reopen() })),
  fc.constant(command({ name: 'renameBack', when: isRenamed, run: (world) => world.renameBack() })),
  fc.constant(
    command({
      name: 'removeOldest',
      when: ({ rotated, writer }) => rotated.length > 0 && rotated[0] !== writer,
      run: (world) => world.remove(world.rotated[0]!),
    }),
  ),
  fc.boolean().map((polled) =>
    command({
      name: polled ? 'compressPolled' : 'compress',
      when: ({ uncompressed }) => uncompressed.length > 0,
      run: (world) => world.compress(world.uncompressed[0]!, () => void (polled && world.poll())),
    }),
  ),
  fc.constant(command({ name: 'end', when: isLive, run: (world) => world.end() })),
  fc.constant(command({ name: 'recreate', when: ({ writer }) => writer === null, run: (world) => world.create() })),
];

/** What the agent does. `read` hands what came of it to `taken`. */
function reading(taken: (world: LogWorld, text: string) => void): fc.Arbitrary<LogCommand>[] {
  return [
    fc
      .integer({ min: 1, max: 200 })
      .map((bytes) => command({ name: `read(${bytes})`, run: async (world) => taken(world, (await world.reader.turn(bytes)) ?? '') })),
    fc.constant(command({ name: 'poll', run: (world) => world.poll() })),
    fc.constantFrom(1, GRACE_MS - 1, GRACE_MS).map((ms) =>
      command({
        name: `wait(${ms})`,
        run: (world) => {
          world.reader.nowMs += ms;
        },
      }),
    ),
    fc.constant(command({ name: 'save', run: (world) => world.save() })),
    fc.constant(command({ name: 'restart', when: ({ onDisk }) => onDisk, run: (world) => world.restart() })),
    fc
      .tuple(fc.array(length, { minLength: 1, maxLength: 4 }), fc.integer({ min: 0, max: 2 }))
      .map(([lengths, kept]) =>
        command({ name: `downtime(${lengths.join()}; ${kept})`, when: isLive, run: (world) => downtime(world, lengths, kept) }),
      ),
  ];
}

const exactReading = reading((world, text) => world.take(text));

/** All but truncation: the reader must hand on exactly what was written. */
export const exactCommands: fc.Arbitrary<LogCommand>[] = [...writing, ...rotating, ...exactReading, ...exactReading];

const truncating: fc.Arbitrary<LogCommand> = fc.constant(
  command({ name: 'truncate', when: ({ writer, live }) => writer?.path === live, run: (world) => world.truncate(world.writer!) }),
);

/** The same with truncation; `taken` hears what the reader hands on. */
export function truncatingCommands(taken: (text: string) => void): fc.Arbitrary<LogCommand>[] {
  const reads = reading((_, text) => taken(text));
  return [...writing, ...rotating, truncating, truncating, ...reads, ...reads];
}
