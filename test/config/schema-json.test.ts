import { describe, expect, it } from 'vitest';
import { configJsonSchema, writtenJsonSchema } from '../support/write-config-schema.ts';

interface JsonSchema {
  readonly description?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  /** `#/$defs/NAME` */
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

const SCHEMA = JSON.parse(configJsonSchema()) as JsonSchema;

/** Every key that an operator may write, by its path. `within`: the references that it stands in; one in itself is not followed. */
function keysOf(
  { properties = {}, items, oneOf = [], $ref }: JsonSchema,
  within: readonly string[] = [],
): [path: string, schema: JsonSchema][] {
  if ($ref !== undefined) return within.includes($ref) ? [] : keysOf(SCHEMA.$defs![$ref.slice('#/$defs/'.length)]!, [...within, $ref]);
  const nested = [...oneOf, ...(items === undefined ? [] : [items])].flatMap((schema) => keysOf(schema, within));
  const named = Object.entries(properties).flatMap(([name, schema]): [string, JsonSchema][] => [
    [name, schema],
    ...keysOf(schema, within).map(([path, inner]): [string, JsonSchema] => [`${name}.${path}`, inner]),
  ]);
  return [...nested, ...named];
}

const keys = keysOf(SCHEMA);

describe('agent/config/schema.json', () => {
  it('says what the schema says', () => {
    expect(writtenJsonSchema(), 'bring it up to date with: npx node test/support/write-config-schema.ts').toBe(configJsonSchema());
  });
});

describe('every key', () => {
  it('is described in one line', () => {
    expect(keys.filter(([, { description }]) => !/^[^\n]+$/.test(description ?? '')).map(([path]) => path)).toEqual([]);
  });

  it('has a unit in its name if it is a number, or is a count', () => {
    const numbers = keys.filter(([, { type }]) => type === 'number' || type === 'integer').map(([path]) => path);
    // Those of stages have the names that Promtail gave them.
    expect(numbers.filter((path) => !path.startsWith('stages.') && !/_(?:seconds|bytes)$/.test(path))).toEqual([
      'kubernetes.max_tombstones',
      'audit.alert.denied_requests',
      'audit.webhook.max_connections',
      'audit.webhook.remember_events',
      'labels.max_values',
      'labels.max_namespace_values',
      'tenants.max_per_node',
      'outputs.max_in_flight',
      'kubelet.container_log_max_files',
      'limits.open_files',
    ]);
  });

  it('has a default, but for those that have none to have, and what a stage is about', () => {
    const without = keys.filter(([path, schema]) => !('default' in schema) && !path.startsWith('stages.')).map(([path]) => path);
    expect(without).toEqual([
      'cluster',
      'node_name',
      ...['include', 'exclude'].flatMap((list) =>
        ['namespace', 'pod', 'container', 'pod_labels', 'namespace_labels'].map((key) => `containers.${list}.${key}`),
      ),
      'kubernetes.kubeconfig',
      'kubernetes.api_server',
      'kubernetes.ca_file',
      'kubernetes.token_file',
      'audit.log_path',
      'audit.policy_file',
      'audit.webhook',
      'audit.webhook.cert_file',
      'audit.webhook.key_file',
      'audit.webhook.client_ca_file',
      'audit.webhook.token_file',
      'routes.logs',
      ...['namespace', 'pod', 'container', 'pod_labels', 'namespace_labels'].map((key) => `routes.logs.${key}`),
      'routes.lines',
      'routes.outputs',
      'routes.tenant',
      'tenants.limits.tenant',
      'tenants.limits.rate_bytes',
      'tenants.limits.burst_bytes',
      'outputs',
      'outputs.name',
      'outputs.type',
      'outputs.url',
      'outputs.tenant',
      'outputs.compression',
      'outputs.basic_auth',
      'outputs.basic_auth.username',
      'outputs.basic_auth.password_file',
      'outputs.bearer_token_file',
      'outputs.tls.ca_file',
      'outputs.tls.cert_file',
      'outputs.tls.key_file',
      'kubelet.container_log_max_bytes',
      'kubelet.container_log_max_files',
      'import.promtail_positions',
      'import.fluent_bit_db',
      'import.vector_checkpoints',
      'limits.rules.logs',
      ...['namespace', 'pod', 'container', 'pod_labels', 'namespace_labels'].map((key) => `limits.rules.logs.${key}`),
      'limits.rules.rate_bytes',
      'limits.rules.burst_bytes',
    ]);
  });
});
