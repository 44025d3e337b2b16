import type { Config } from './schema.ts';
import type { OutputConfig } from './output-schema.ts';
import { formatYaml } from './yaml.ts';

const MASK = '<hidden>';

/** The configuration in force, as YAML that could be written to a file, but with secrets masked. */
export function formatEffective(config: Config): string {
  return formatYaml(maskSecrets(config));
}

/**
 * The configuration without what could be a secret: values of headers, and the query of a URL. Paths of files that hold
 * secrets stay.
 */
export function maskSecrets(config: Config): Config {
  return { ...config, outputs: config.outputs.map(maskOutput) };
}

function maskOutput(output: OutputConfig): OutputConfig {
  const headers = Object.fromEntries(Object.keys(output.headers).map((name) => [name, MASK]));
  return { ...output, url: output.url.replace(/\?.*$/, `?${MASK}`), headers };
}
