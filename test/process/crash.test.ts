import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ChattyContainers } from '../support/chatty-containers.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeLoki } from '../support/fake-loki.ts';
import { settledLines } from '../support/settled-lines.ts';
import { tempDir } from '../support/temp-dir.ts';
import { TestNode } from '../support/test-node.ts';

const CHAT_MS = 18_000;
const SEED = Date.now() % 1_000_000;

interface Sent {
  readonly key: string;
  readonly number: number;
  readonly identity: string;
}

function listOf(lists: Map<string, string[]>, key: string): string[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** Every entry that ever arrived, resent ones too. */
function sentTo(loki: FakeLoki): Sent[] {
  return loki.entries().map(({ stream, seconds, nanos, line, metadata }) => {
    const [, key = '', number = ''] = /^(\S+ \S+) line (\d+) /.exec(line.toString()) ?? [];
    return { key, number: Number(number), identity: JSON.stringify([stream.name, seconds, nanos, line.toString(), metadata]) };
  });
}

test(`I2 I5 I8 I9 twenty rotating containers, an agent that is killed at random moments (seed ${SEED})`, async () => {
  const random = new FakeClock({ seed: SEED });
  await using loki = await FakeLoki.start({ deduplicate: false });
  await using state = await tempDir();
  await using node = await TestNode.create({ url: loki.pushUrl, tenant: 'team-a' }, { state_dir: state.path });
  const containers = new ChattyContainers(node.logs, 20);
  let agent = await node.startAgent();
  const chatting = containers.chat(CHAT_MS);
  let chats = true;
  void chatting.then(() => {
    chats = false;
  });

  const kills: { readonly sent: number; readonly settled: Map<string, number>; readonly checkpointAgeMs: number }[] = [];
  for (;;) {
    await Promise.race([sleep(500 + random.random() * 3500), chatting]);
    if (!chats) break;
    await agent.kill();
    const { mtimeMs } = statSync(join(state.path, 'checkpoints.json'), { throwIfNoEntry: false }) ?? { mtimeMs: 0 };
    const settled = mtimeMs === 0 ? new Map<string, number>() : settledLines(state.path, node.logs.path);
    kills.push({ sent: loki.entries().length, settled, checkpointAgeMs: Date.now() - mtimeMs });
    await sleep(random.random() * 300);
    agent = await node.startAgent();
  }
  const seen = new Set<string>();
  let looked = 0;
  await loki.waitFor(() => {
    // What came since the last look: everything anew at every push would take longer than the pushes.
    if (loki.counts.stored === looked) return false;
    for (const { line } of loki.entries().slice(looked)) seen.add(line.toString());
    looked = loki.counts.stored;
    return seen.size >= containers.lineCount;
  });
  expect(await agent.stop()).toBe(0);

  const sent = sentTo(loki);
  const once = new Map<string, string[]>();
  const identities = new Map<string, string>();
  for (const { key, number, identity } of sent) {
    const [, , , line] = JSON.parse(identity) as [string, number, number, string];
    const known = identities.get(`${key} ${number}`);
    // I9: what comes again is byte for byte what came before, so that the store removes it.
    if (known === undefined) listOf(once, key).push(line);
    else expect(identity).toBe(known);
    identities.set(`${key} ${number}`, identity);
  }
  // I2, I5, I8: every line, each once by its identity, in order.
  expect(once).toStrictEqual(containers.printed);

  // I1: nothing before a position on disk is ever sent again.
  for (const { sent: index, settled } of kills) {
    const again = sent.slice(index).filter(({ key, number }) => number < (settled.get(key) ?? 0));
    expect(again.map(({ identity }) => identity)).toStrictEqual([]);
  }
  const resent = sent.length - containers.lineCount;
  const ages = kills.map(({ checkpointAgeMs }) => checkpointAgeMs).sort((a, b) => a - b);
  console.log(`${kills.length} kills, ${containers.lineCount} lines, ${resent} sent again, checkpoints were ${ages.join(', ')} ms old`);
  expect(kills.length).toBeGreaterThan(3);
  // About a second's worth for each kill: checkpoints are written once a second, and batches are that young.
  const perSecond = containers.lineCount / (CHAT_MS / 1000);
  expect(resent).toBeLessThan(kills.length * 3 * perSecond);
});
