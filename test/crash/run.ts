import { parseArgs } from 'node:util';
import { crashText, type CrashReport } from './crash-report.ts';
import { CrashRun } from './crash-run.ts';
import { FakeStore } from './fake-store.ts';
import { LokiStore } from './loki-store.ts';

/**
 * `npm run crash [-- --kills 200 --seed N --loki URL --tenant T]`: the built agent is killed that many times under load. Ships to a fake
 * Loki that shows every entry each time that it is sent, or to a real one. Exit code 1 over anything that is not as it must be.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    loki: { type: 'string' },
    tenant: { type: 'string', default: `crash-${Date.now().toString(36)}` },
  },
});
const kills = positive(values.kills);
const seed = positive(values.seed);
const startedMs = Date.now();
console.log(`${kills} kills, seed ${seed}, ${values.loki === undefined ? 'a fake Loki' : `${values.loki}, tenant ${values.tenant}`}`);
const report = await crash();
console.log(`${crashText(report)}, in ${Math.round((Date.now() - startedMs) / 1000)} s`);
process.exitCode = report.findings.length === 0 ? 0 : 1;

async function crash(): Promise<CrashReport> {
  if (values.loki !== undefined) return CrashRun.run(new LokiStore(values.loki, values.tenant), { kills, seed });
  await using store = await FakeStore.start();
  return await CrashRun.run(store, { kills, seed });
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new Error(`${text} should be a number above 0`);
}
