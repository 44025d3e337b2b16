import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { engineIsOffline } from './container-engine.ts';
import { tempDir } from './temp-dir.ts';

const run = promisify(execFile);

const ROOT = join(import.meta.dirname, '../..');
const NAME = 'logferry:test';
/** What the last stage of the Dockerfile copies out of the stage `build`. */
const ARTEFACTS = ['package.json', 'LICENSE', 'dist'];

export interface AgentImage {
  readonly name: string;
  readonly bytes: number;
  /** The part of `bytes` that is not the base image. */
  readonly ownBytes: number;
}

/** Builds the image of this checkout from its Dockerfile. */
export async function buildAgentImage(): Promise<AgentImage> {
  if (engineIsOffline()) await buildFromArtefacts();
  else await docker('build', '--tag', NAME, ROOT);
  const dockerfile = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
  const bytes = await sizeOf(NAME);
  return { name: NAME, bytes, ownBytes: bytes - (await sizeOf(baseOf(dockerfile))) };
}

/** Writes an image, under the name that the manifests have for it, as an archive that a container runtime imports. */
export async function saveImage(image: AgentImage, { as, file }: { readonly as: string; readonly file: string }): Promise<void> {
  await docker('tag', image.name, as);
  await docker('save', '--output', file, as);
}

/**
 * Where a RUN step has no network, the first stage is replaced by what `npm ci` and `npm run build` made outside of the engine;
 * the last stage, which is what becomes the image, is built as it stands.
 */
async function buildFromArtefacts(): Promise<void> {
  const dockerfile = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
  await using context = await tempDir();
  for (const artefact of ARTEFACTS) await cp(join(ROOT, artefact), join(context.path, artefact), { recursive: true });
  await writeFile(join(context.path, 'Dockerfile'), `FROM scratch AS build\nCOPY . /src/\n${lastStageOf(dockerfile)}`);
  await docker('build', '--tag', NAME, context.path);
}

function lastStageOf(dockerfile: string): string {
  return dockerfile.slice(dockerfile.lastIndexOf('\nFROM ') + 1);
}

function baseOf(dockerfile: string): string {
  return /^FROM (\S+)/.exec(lastStageOf(dockerfile))?.[1] ?? '';
}

async function sizeOf(image: string): Promise<number> {
  return Number(await docker('image', 'inspect', '--format', '{{.Size}}', image));
}

async function docker(...args: string[]): Promise<string> {
  try {
    return (await run('docker', args, { maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`docker ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}
