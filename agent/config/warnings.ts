import { LABEL_PRESETS } from '../model/label-presets.ts';
import type { KeyPath } from './problem.ts';
import type { Config } from './schema.ts';
import type { StageConfig } from './stages-schema.ts';
import { tenantWarnings } from './tenant-warnings.ts';

/** Something that is allowed, and yet probably not what was meant. */
export interface Warning {
  readonly path: KeyPath;
  readonly message: string;
}

/** Everything about a valid configuration that its author should know. */
export function findWarnings(config: Config): Warning[] {
  const warnings: Warning[] = [];
  if (!LABEL_PRESETS[config.labels.preset].oneWriter) {
    const message =
      'several nodes write to one stream: Loki refuses what is an hour behind the newest entry of any of them; standard does not';
    warnings.push({ path: ['labels', 'preset'], message });
  }
  for (const [index, output] of config.outputs.entries()) {
    const isPlain = !/^https:/i.test(output.url);
    const hasCredentials = output.basic_auth !== undefined || output.bearer_token_file !== undefined;
    if (isPlain && hasCredentials)
      warnings.push({ path: ['outputs', index, 'url'], message: 'credentials are sent unencrypted, write https' });
    if (output.tls.insecure_skip_verify) {
      const path = ['outputs', index, 'tls', 'insecure_skip_verify'];
      warnings.push({ path, message: 'anyone can pose as the store, write ca_file instead' });
    }
  }
  return [...warnings, ...builtIn(config.stages, ['stages']), ...tenantWarnings(config)];
}

/** Stages that Promtail needs to take apart what a container runtime writes; `path`: of the list. */
function builtIn(stages: readonly StageConfig[], path: KeyPath): Warning[] {
  return stages.flatMap((stage, index) => [
    ...(['cri', 'docker'] as const)
      .filter((name) => stage[name] !== undefined)
      .map((name) => ({ path: [...path, index, name], message: 'has no effect: it is built in, for the logs of every runtime' })),
    ...builtIn(stage.match?.stages ?? [], [...path, index, 'match', 'stages']),
  ]);
}
