import { parseArgs } from 'node:util';
import { leaksOf, residentGrowth, soakText } from './soak-report.ts';
import { SoakRun } from './soak-run.ts';

/**
 * `npm run soak [-- --minutes 10 --sources 200 --containers 5000 --jobs 5000 --seed N]`: one built agent for the whole run, beside so
 * many containers that stay and so many that come and go, each with a name of its own unless `--jobs` says how many names there are.
 * Exit code 1 over a line that is not stored once, and over anything that grows.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    sources: { type: 'string', default: '200' },
    containers: { type: 'string' },
    jobs: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [minutes, sources, seed] = [positive(values.minutes), positive(values.sources), positive(values.seed)];
const brief = positive(values.containers ?? String(minutes * 500));
const jobs = positive(values.jobs ?? String(brief));
console.log(`${minutes} minutes, ${sources} containers that stay, ${brief} of ${jobs} names that come and go, seed ${seed}`);
const report = await SoakRun.run({ minutes, sources, brief, jobs, seed });
console.log(soakText(report));
const growth = [...leaksOf(report), ...residentGrowth(report)];
console.log(growth.length === 0 ? 'nothing grows' : growth.join('\n'));
process.exitCode = report.findings.length + growth.length === 0 ? 0 : 1;

function positive(text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new Error(`${text} should be a number above 0`);
}
