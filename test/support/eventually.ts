import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 20_000;
const PAUSE_MS = 50;

/** Waits until `claim` no longer throws; after 20 s of patience its last error stands. Unlike expect.poll, also for tests that run side by side. */
export async function eventually(claim: () => unknown): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await claim();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await sleep(PAUSE_MS);
  }
}
