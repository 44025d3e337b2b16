import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AgentChild } from '../../agent/demo/agent-child.ts';
import { type Clock, systemClock } from '../../agent/runtime/clock.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { tempDir } from '../support/temp-dir.ts';

/** A process that stands for the agent: it says how it was called, then does what `script` says. */
async function child(script: string, clock: Clock = systemClock) {
  const dir = await tempDir();
  const entry = join(dir.path, 'agent.mjs');
  const logFile = join(dir.path, 'agent.log');
  writeFileSync(entry, `console.log(process.argv.slice(2).join(' ')); ${script}`);
  const agent = new AgentChild({ program: { execPath: process.execPath, entry, env: {} }, configFile: 'the.yaml', logFile, clock });
  const died = new Promise<string>((resolve) => {
    agent.onDeath = resolve;
  });
  return {
    agent,
    died,
    log: () => readFileSync(logFile, 'utf8'),
    /** Resolves once the process has said something for the `times`th time. */
    async said(times = 1): Promise<void> {
      while (readFileSync(logFile, 'utf8').split('\n').length <= times) await new Promise((resolve) => setImmediate(resolve));
    },
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

describe(AgentChild, () => {
  test('it runs with its configuration, is killed, and runs again into the same log', async () => {
    await using process = await child('setInterval(() => {}, 1000)');
    await process.agent.start();
    const first = process.agent.pid;
    await process.agent.start();
    expect(process.agent.pid).toBe(first);
    await process.said();
    await process.agent.kill();
    expect(process.agent.pid).toBe(0);
    await process.agent.start();
    expect(process.agent.pid).not.toBe(first);
    await process.said(2);
    expect(process.log()).toBe('run --config the.yaml\nrun --config the.yaml\n');
  });

  test('its own end is a death, with its reason', async () => {
    await using failing = await child('process.exitCode = 3');
    await failing.agent.start();
    expect(await failing.died).toBe('with exit code 3');
    expect(failing.agent.pid).toBe(0);
    await using killed = await child("process.kill(process.pid, 'SIGKILL')");
    await killed.agent.start();
    expect(await killed.died).toBe('by SIGKILL');
  });

  test('at SIGTERM it leaves with its own exit code', async () => {
    await using process = await child("process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('ready')");
    await process.agent.start();
    await process.said(2);
    expect(await process.agent.stop(60_000)).toBe(7);
    expect(await process.agent.stop(60_000)).toBe(null);
  });

  test('patience with one that stays is limited', async () => {
    const clock = new FakeClock();
    await using process = await child("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('ready')", clock);
    await process.agent.start();
    await process.said(2);
    const stopped = process.agent.stop(25_000);
    await clock.advance(25_000);
    expect(await stopped).toBe(null);
  });
});
