import { execFileSync } from 'node:child_process';
import packageJson from '../package.json' with { type: 'json' };

/** As much of a CycloneDX document (1.5) as is read here. */
interface Bom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
}

/**
 * Without what only development needs. npm's own --omit=dev leaves out too what both need: undici, yaml and zod are missing in what
 * npm 11 writes.
 */
function ofTheBundle(bom: Bom): Bom {
  const dependsOn = new Map(bom.dependencies.map(({ ref, dependsOn: refs }) => [ref, refs]));
  const reached = new Set(Object.entries(packageJson.dependencies).map(([name, version]) => `${name}@${version}`));
  for (const ref of reached) for (const next of dependsOn.get(ref) ?? []) reached.add(next);
  const root = bom.metadata.component['bom-ref'];
  return {
    ...bom,
    components: bom.components.filter((component) => reached.has(component['bom-ref'])),
    dependencies: bom.dependencies.flatMap(({ ref, dependsOn: refs }) =>
      ref === root || reached.has(ref) ? [{ ref, dependsOn: refs.filter((next) => reached.has(next)) }] : [],
    ),
  };
}

/** The same for the same package-lock.json: without a time and a serial number, and with the package's name for that of its directory. */
function reproducible(bom: Bom): object {
  const { timestamp: _time, component, ...metadata } = bom.metadata as Bom['metadata'] & { readonly timestamp: string };
  const { serialNumber: _number, ...rest } = bom as Bom & { readonly serialNumber: string };
  return { ...rest, metadata: { ...metadata, component: { ...component, name: packageJson.name } } };
}

const written = execFileSync('npm', ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'], {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
process.stdout.write(`${JSON.stringify(reproducible(ofTheBundle(JSON.parse(written) as Bom)), null, 2)}\n`);
