import type { AuditAction } from './audit-action.ts';
import { auditCheck } from './audit-check.ts';
import { type Command, EXIT_MISUSE, type Host, unknownName } from './command.ts';

const HELP = `Usage: logferry audit check POLICY [--strict] [--json | --sarif]

Tools for the audit policy of a kube-apiserver (audit.k8s.io/v1), which never talk to one.

  check      says what the API server would refuse or ignore, which rules and values have no effect, and by which rules
             Secrets, ConfigMaps, serviceaccounts/token or TokenReviews are recorded with their content, each with a
             request that shows it and the rule to put before

Options of check:
  --strict        warnings fail as well
  --json          print {"ok", "findings"} as JSON
  --sarif         print SARIF 2.1.0, for code review

  --help          print this

Exit code: 0 fine, 1 the policy has errors, 2 wrong use, or a file that cannot be read.

Examples:
  logferry audit check audit-policy.yaml
  logferry audit check audit-policy.yaml --sarif > policy.sarif
`;

const ACTIONS: Readonly<Record<string, AuditAction>> = { check: auditCheck };

/** `logferry audit`: what an audit policy does, before an API server runs with it. */
export const auditCommand: Command = {
  summary: 'check a Kubernetes audit policy',
  help: HELP,
  run,
};

async function run([name, ...args]: readonly string[], host: Host): Promise<number> {
  const known = Object.keys(ACTIONS);
  const action = name !== undefined && Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) {
    host.stderr.write(
      `logferry audit: ${name === undefined ? `say what to do: ${known.join(', ')}` : unknownName('action', name, known)}\n`,
    );
    host.stderr.write('See logferry audit --help.\n');
    return EXIT_MISUSE;
  }
  const outcome = await action.run(args, host);
  if (typeof outcome === 'number') return outcome;
  host.stderr.write(`logferry audit ${name}: ${outcome}\nSee logferry audit --help.\n`);
  return EXIT_MISUSE;
}
