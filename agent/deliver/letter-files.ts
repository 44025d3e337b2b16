import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of outputs are lower-case letters, digits and dashes, so a point ends one, or what takes audit events of it. */
const NAME = /^dead-letters\.(?<output>[a-z0-9-]+(?:\.audit)?)(?<taken>\.replay-[a-z0-9-]+)?\.jsonl$/;

/** The file of an output's dead letters that the agent appends to. */
export function letterFile(stateDir: string, output: string): string {
  return join(stateDir, `dead-letters.${output}.jsonl`);
}

/** A file that a replay has taken out of the agent's hands; `mark` (lower-case letters, digits, dashes) is that replay's own. */
export function takenFile(stateDir: string, output: string, mark: string): string {
  return join(stateDir, `dead-letters.${output}.replay-${mark}.jsonl`);
}

/** All files of dead letters by output, those that replays have taken (under way, or died) before the agent's own, which is younger. */
export async function findLetterFiles(stateDir: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = await readdir(stateDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return [];
  });
  const found = names
    .sort((a, b) => (a < b ? -1 : 1))
    .flatMap((name) => {
      const { output, taken } = NAME.exec(name)?.groups ?? {};
      return output === undefined ? [] : [{ output, path: join(stateDir, name), isTaken: taken !== undefined }];
    });
  const ordered = [...found.filter(({ isTaken }) => isTaken), ...found.filter(({ isTaken }) => !isTaken)];
  const files = new Map<string, string[]>();
  for (const { output, path } of ordered) files.set(output, [...(files.get(output) ?? []), path]);
  return files;
}
