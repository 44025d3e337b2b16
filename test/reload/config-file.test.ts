import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigFile } from '../../agent/reload/config-file.ts';
import type { Clock } from '../../agent/runtime/clock.ts';
import { tempDir } from '../support/temp-dir.ts';

const NEVER = new AbortController().signal;

interface Bench {
  readonly dir: string;
  readonly clock: Clock;
  /** `between` happens between the two looks at a change. */
  readonly look: (file: ConfigFile, between?: () => void) => Promise<string | null>;
}

async function bench(): Promise<Bench> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  let between: (() => void) | null = null;
  const clock: Clock = { now: () => 0, monotonic: () => 0, random: () => 0, sleep: async () => between?.() };
  return {
    dir: dir.path,
    clock,
    look: (file, happens) => {
      between = happens ?? null;
      return file.look(NEVER);
    },
  };
}

describe(ConfigFile, () => {
  test('a file edited in place is another content once it is seen twice', async () => {
    const { dir, clock, look } = await bench();
    const path = join(dir, 'config.yaml');
    writeFileSync(path, 'one');
    const file = new ConfigFile(path, '', clock);
    const one = await look(file);
    expect(one).toMatch(/^[0-9a-f]{16}$/);
    expect(await look(file)).toBe(one);
    writeFileSync(path, 'tw');
    expect(await look(file, () => writeFileSync(path, 'two'))).toBeNull();
    const two = await look(file);
    expect(two).not.toBe(one);
    writeFileSync(path, 'one');
    expect(await look(file)).toBe(one);
  });

  test("a ConfigMap's folder is exchanged by a link", async () => {
    const { dir, clock, look } = await bench();
    const publish = (name: string, text: string): void => {
      mkdirSync(join(dir, name));
      writeFileSync(join(dir, name, 'config.yaml'), text);
      symlinkSync(name, join(dir, '..data_tmp'));
      renameSync(join(dir, '..data_tmp'), join(dir, '..data'));
    };
    publish('..2024_1', 'one');
    symlinkSync('..data/config.yaml', join(dir, 'config.yaml'));
    const file = new ConfigFile(join(dir, 'config.yaml'), '', clock);
    const one = await look(file);
    publish('..2024_2', 'two');
    const two = await look(file);
    expect(two).not.toBe(one);
    publish('..2024_3', 'one');
    rmSync(join(dir, '..2024_1'), { recursive: true });
    expect(await look(file)).toBe(one);
  });

  test('a file that is not there is a content too, unless it is there again at the second look', async () => {
    const { dir, clock, look } = await bench();
    const path = join(dir, 'config.yaml');
    writeFileSync(path, 'one');
    const file = new ConfigFile(path, '', clock);
    const one = await look(file);
    rmSync(path);
    expect(await look(file, () => writeFileSync(path, 'one'))).toBeNull();
    expect(await look(file)).toBe(one);
    rmSync(path);
    expect(await look(file)).toContain('there is no such file');
  });
});
