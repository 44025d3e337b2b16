import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';

const ROOT: string = join(import.meta.dirname, '../..');

/** As much of a rendered object as these tests look at; `spec` and the like are the caller's to know. */
export interface RenderedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels; readonly annotations?: Labels };
  readonly data?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

export type Labels = Readonly<Record<string, string>>;

/** What `kubectl apply -k` would send for a directory, of manifests/ if it is relative. */
export function kustomize(directory: string): RenderedObject[] {
  return objectsOf(goTool('kustomize', ['build', resolve(ROOT, 'manifests', directory)]));
}

interface Release {
  readonly release: string;
  readonly namespace: string;
}

const DEFAULT_RELEASE: Release = { release: 'logferry', namespace: 'logferry' };

/** What `helm install RELEASE manifests/chart` would send. */
export function helmTemplate(values: object = {}, { release, namespace }: Release = DEFAULT_RELEASE): RenderedObject[] {
  return objectsOf(
    helm(['template', release, join(ROOT, 'manifests/chart'), '--namespace', namespace, '--values', '-'], stringify(values)),
  );
}

/** Why helm refuses such values; throws when it takes them. */
export function helmRefusal(values: object): string {
  const args = ['template', 'logferry', join(ROOT, 'manifests/chart'), '--values', '-'];
  const { status, stderr } = runGoTool('helm', args, stringify(values));
  if (status === 0) throw new Error(`helm takes ${JSON.stringify(values)}`);
  return stderr;
}

/** The report of `helm lint --strict`; throws when it finds anything wrong. */
export function helmLint(values: object = {}): string {
  return helm(['lint', '--strict', join(ROOT, 'manifests/chart'), '--values', '-'], stringify(values));
}

function helm(args: readonly string[], input: string): string {
  return goTool('helm', args, input);
}

function goTool(name: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = runGoTool(name, args, input);
  if (status !== 0) throw new Error(`${name} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** The tool that .ci/NAME/go.mod pins. */
function runGoTool(name: string, args: readonly string[], input: string): { status: number | null; stdout: string; stderr: string } {
  const { error, status, stdout, stderr } = spawnSync('go', ['tool', name, ...args], {
    cwd: join(ROOT, '.ci', name),
    env: { ...process.env, GOWORK: 'off' },
    input,
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

function objectsOf(text: string): RenderedObject[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw new Error(document.errors.join('; '));
    return document.toJS() as RenderedObject;
  });
}
