import { type ApiRequest, resourceName } from './api-request.ts';
import { describeResources } from './describe-rule.ts';
import { firstMatch, type Mismatch, mismatchOf } from './first-match.ts';
import { type Level, omittedStages, type Policy, type Rule, STAGES, type Stage } from './policy.ts';

/** What a policy does with a request, and why. Names are those of `explain --json`. */
export interface Explanation {
  /** The place of the rule that decides; null: none matches. */
  readonly rule: number | null;
  readonly level: Level;
  /** At which an event is made; `Panic` takes the place of `ResponseComplete` when the handler panics. */
  readonly stages: readonly Stage[];
  /** Why each rule before that one does not match, in order. */
  readonly passed: readonly string[];
}

/** Answers as the API server decides. */
export function explainRequest(policy: Policy, request: ApiRequest): Explanation {
  const index = firstMatch(policy, request);
  const rule = index === null ? null : policy.rules[index]!;
  const passed = policy.rules.slice(0, index ?? policy.rules.length).map((earlier) => whyNot(earlier, request));
  const level = rule?.level ?? 'None';
  return { rule: index, level, stages: level === 'None' ? [] : recordedStages(policy, rule, request), passed };
}

/** Only requests that go on for long have a stage in the middle (kubernetes: pkg/controlplane/apiserver/config.go, v1.37), and failed authentications. */
const LONG_VERBS: ReadonlySet<string> = new Set(['watch', 'proxy']);
const LONG_SUBRESOURCES: ReadonlySet<string> = new Set(['attach', 'exec', 'proxy', 'log', 'portforward']);
const LONG_PATHS = '/debug/pprof/';

function recordedStages(policy: Policy, rule: Rule | null, request: ApiRequest): Stage[] {
  const omitted = omittedStages(policy, rule);
  return possibleStages(request).filter((stage) => !omitted.has(stage));
}

function possibleStages({ user, verb, target }: ApiRequest): readonly Stage[] {
  if (user === null) return ['ResponseStarted'];
  const isLongTarget = target.kind === 'path' ? target.path.startsWith(LONG_PATHS) : LONG_SUBRESOURCES.has(target.subresource);
  return isLongTarget || LONG_VERBS.has(verb) ? STAGES : STAGES.filter((stage) => stage !== 'ResponseStarted');
}

function whyNot(rule: Rule, request: ApiRequest): string {
  const mismatch = mismatchOf(rule, request);
  return mismatch === null ? 'it matches' : REASONS[mismatch](rule, request);
}

type Reason = (rule: Rule, request: ApiRequest) => string;

const REASONS: Readonly<Record<Mismatch, Reason>> = {
  user: ({ users }, { user }) => `${user === null ? 'nobody' : user} is not among users ${users.join(', ')}`,
  group: ({ userGroups }, { groups }) =>
    `none of the groups ${groups.join(', ') || '(there are none)'} is among userGroups ${userGroups.join(', ')}`,
  verb: ({ verbs }, { verb }) => `${verb} is not among verbs ${verbs.join(', ')}`,
  'not-a-resource': () => 'it is for resources, and this is another URL',
  'not-a-path': () => 'it is for other URLs, and this is a resource',
  namespace: ({ namespaces }, { target }) =>
    `namespace ${attribute(target, 'namespace')} is not among namespaces ${namespaces.map(quoted).join(', ')}`,
  resource: ({ resources }, { target }) => `${attribute(target, 'resource')} is not among ${resources.map(describeResources).join('; ')}`,
  name: ({ resources }, { target }) => `name ${attribute(target, 'name')} is not among ${resources.map(describeResources).join('; ')}`,
  path: ({ nonResourceURLs }, { target }) => `${attribute(target, 'path')} is not among nonResourceURLs ${nonResourceURLs.join(', ')}`,
};

/** One attribute of a request that has it, as messages show it. */
function attribute(target: ApiRequest['target'], name: 'namespace' | 'resource' | 'name' | 'path'): string {
  if (target.kind === 'path') return target.path;
  return name === 'resource' ? resourceName(target) : quoted(name === 'path' ? '' : target[name]);
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
