import { type ForeignPosition, type ForeignPositions, type ImportFault, offsetOf } from './foreign-positions.ts';
import { isCutLink, logNameOf } from './log-name.ts';
import { malformed } from './read-positions-file.ts';
import { snapshotSqlite } from './sqlite-snapshot.ts';

/** A row of Fluent Bit's table in_tail_files, whose columns have no enforced types. */
interface Row {
  readonly name: unknown;
  readonly offset: unknown;
  readonly inode: unknown;
}

/** These columns are in every version; 5.0 added others (fluent/fluent-bit:plugins/in_tail/tail_sql.h). */
const SELECT = 'SELECT name, "offset", inode FROM in_tail_files ORDER BY id';

/**
 * The database of Fluent Bit's tail input (its option `DB`): a row for each file, known by its inode, with a path that may be a link
 * and is changed at a rotation (fluent/fluent-bit:plugins/in_tail/tail_db.c). Before version 5 an offset counts what was read, and may
 * lie inside a line. Compressed files are ignored, since their offsets count compressed bytes. The database is copied into
 * `scratchDir`, and the copy read.
 */
export async function readFluentBitDb(file: string, scratchDir: string): Promise<ForeignPositions | ImportFault> {
  const snapshot = await snapshotSqlite(file, scratchDir);
  if (snapshot.kind === 'fault') return snapshot;
  await using copy = snapshot;
  const rows = await rowsIn(copy.path);
  if (typeof rows === 'string') return malformed(file, `${rows}; name the file that the option DB of Fluent Bit's tail input names`);
  const entries = rows.map(positionOf).filter((position) => position !== null);
  return { kind: 'positions', agent: 'fluent_bit', file, asOfMs: copy.modifiedMs, entries, ignored: rows.length - entries.length };
}

/** All rows, or what SQLite says against it. */
async function rowsIn(path: string): Promise<readonly Row[] | string> {
  // Only those who take over positions of Fluent Bit pay for SQLite.
  const { DatabaseSync } = await import('node:sqlite');
  try {
    using database = new DatabaseSync(path);
    const select = database.prepare(SELECT);
    select.setReadBigInts(true);
    return select.all() as unknown as Row[];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_SQLITE_ERROR') throw error;
    return `it is no database of Fluent Bit (${message})`;
  }
}

function positionOf({ name: path, offset: count, inode }: Row): ForeignPosition | null {
  const offset = offsetOf(String(count));
  if (typeof path !== 'string' || offset === null || typeof inode !== 'bigint') return null;
  const log = logNameOf(path);
  if (log === null && !isCutLink(path)) return null;
  return { path, log, mark: { kind: 'inode', ino: String(BigInt.asUintN(64, inode)), dev: null }, offset };
}
