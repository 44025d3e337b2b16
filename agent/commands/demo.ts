import { type DemoPlan, runDemo } from '../demo/run-demo.ts';
import { systemClock } from '../runtime/clock.ts';
import { type Command, EXIT_FAILED, EXIT_OK, type Host, readOptions } from './command.ts';
import { misuse } from './misuse.ts';

const DEFAULT_SECONDS = 20;

const HELP = `Usage: logferry demo [--seconds N] [--keep] [--loki URL [--tenant T]]

Shows the agent at work, without a cluster: containers write logs into a directory as a kubelet keeps it, rotation included,
and the real agent, a process of its own, ships them to a small Loki inside this program. In the middle the agent is killed,
later the store goes down for a while. In the end every line is accounted for: none may be lost, and none stored twice.

Options:
  --seconds N     how long the containers write (default ${DEFAULT_SECONDS}, at least 5)
  --keep          go on until Ctrl-C, with a page on which the stored entries can be seen
  --loki URL      ship to a real Loki instead, such as http://localhost:3100, and read everything back from it
  --tenant T      the tenant to use there
  --help          print this

Exit code: 0 nothing lost and nothing doubled, 1 otherwise, 2 wrong use.

Examples:
  logferry demo
  logferry demo --keep
  logferry demo --loki http://localhost:3100 --tenant team-a
`;

/** `logferry demo`: the main job of the agent on a pretend node, with an account of every line. */
export const demoCommand: Command = {
  summary: 'see the agent survive a kill and an outage, no cluster needed',
  help: HELP,
  run,
};

async function run(args: readonly string[], host: Host): Promise<number> {
  const plan = readPlan(args);
  if (typeof plan === 'string') return misuse(host, 'demo', plan);
  return (await runDemo(plan, host, systemClock)) ? EXIT_OK : EXIT_FAILED;
}

function readPlan(args: readonly string[]): DemoPlan | string {
  const options = readOptions(args, {
    seconds: { type: 'string' },
    keep: { type: 'boolean' },
    loki: { type: 'string' },
    tenant: { type: 'string' },
  });
  if (!options.ok) return options.misuse;
  const { seconds: text = String(DEFAULT_SECONDS), keep = false, loki, tenant = null } = options.values;
  const seconds = Number(text);
  if (!/^\d{1,6}$/.test(text) || seconds < 5) return `--seconds ${text} is no length for a demo, write a whole number from 5 on`;
  if (loki === undefined) return tenant === null ? { seconds, keep, loki: null } : '--tenant goes with --loki URL';
  const url = URL.parse(loki);
  const isAddress = url !== null && /^https?:$/.test(url.protocol) && url.username === '';
  if (!isAddress) return `--loki ${loki} is no address, write something like http://localhost:3100`;
  return { seconds, keep, loki: { url: `${url.origin}${url.pathname}`.replace(/\/+(?:loki\/api\/v1\/push)?$/, ''), tenant } };
}
