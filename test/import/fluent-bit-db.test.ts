import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readFluentBitDb } from '../../agent/import/fluent-bit-db.ts';
import { asNobody } from '../support/as-nobody.ts';
import { scratch, WRITTEN_MS } from './positions-file.ts';

/** fluent/fluent-bit:plugins/in_tail/tail_sql.h, SQL_CREATE_FILES: the same from 1.9 to 4.2. */
const CREATE =
  'CREATE TABLE IF NOT EXISTS in_tail_files (  id      INTEGER PRIMARY KEY,  name    TEXT NOT NULL,  offset  INTEGER,' +
  '  inode   INTEGER,  created INTEGER,  rotated INTEGER DEFAULT 0);';
/** What 5.0 adds (fluent/fluent-bit:plugins/in_tail/tail_db.c, db_apply_migration_if_needed). */
const MIGRATE = [
  'ALTER TABLE in_tail_files ADD COLUMN offset_marker INTEGER DEFAULT 0;',
  'ALTER TABLE in_tail_files ADD COLUMN offset_marker_size INTEGER DEFAULT 0;',
];
const INSERT = 'INSERT INTO in_tail_files (name, offset, inode, created)  VALUES (@name, @offset, @inode, @created);';

const ID = 'c0ffee'.padEnd(64, '0');
const CART = 'shop_cart-0_7d0f6c1e-9f3a-4c52-8f0e-1c2d3e4f5a6b/app/2';
const LINK = `/var/log/containers/cart-0_shop_app-${ID}.log`;
const ROTATED = `/var/log/pods/${CART}.log.20261101-120000`;

/** A database as Fluent Bit opens it with its defaults; left open until the test ends, its write-ahead log not in its pages. */
function openDb(file: string): DatabaseSync {
  const db = new DatabaseSync(file);
  onTestFinished(() => db.close());
  db.exec(CREATE);
  db.exec('PRAGMA synchronous=1;');
  db.exec('PRAGMA journal_mode=WAL;');
  db.exec('PRAGMA wal_autocheckpoint=0;');
  return db;
}

function insert(db: DatabaseSync, name: string, offset: number, inode: bigint): void {
  db.prepare(INSERT).run({ name, offset, inode, created: 1_763_000_000 });
}

const entries = [
  { path: LINK, log: { kind: 'container', containerId: ID }, mark: { kind: 'inode', ino: '1311768467463790320', dev: null }, offset: 4242 },
  {
    path: ROTATED,
    log: { kind: 'source', id: CART, rotated: '2.log.20261101-120000' },
    mark: { kind: 'inode', ino: '7', dev: null },
    offset: 9,
  },
];

async function directories(): Promise<{ db: string; scratchDir: string }> {
  const root = await scratch();
  const [mount, scratchDir] = [join(root, 'mount'), join(root, 'state')];
  mkdirSync(mount);
  mkdirSync(scratchDir);
  return { db: join(mount, 'flb.db'), scratchDir };
}

function fill(db: DatabaseSync): void {
  insert(db, LINK, 42, 1_311_768_467_463_790_320n);
  insert(db, ROTATED, 9, 7n);
  insert(db, `${ROTATED}.gz`, 500, 8n);
  db.exec('UPDATE in_tail_files set offset=4242 WHERE id=1;');
}

describe(readFluentBitDb, () => {
  test('rows of the write-ahead log too, while the writer has not closed; the copy is gone afterwards', async () => {
    const { db: file, scratchDir } = await directories();
    fill(openDb(file));
    utimesSync(file, 1, 1);
    utimesSync(`${file}-wal`, WRITTEN_MS / 1000, WRITTEN_MS / 1000);
    const asOfMs = WRITTEN_MS;
    expect(await readFluentBitDb(file, scratchDir)).toStrictEqual({
      kind: 'positions',
      agent: 'fluent_bit',
      file,
      asOfMs,
      entries,
      ignored: 1,
    });
    expect(readdirSync(scratchDir)).toStrictEqual([]);
  });

  test('what a kill left: no index of the log, locked exclusively, the last frames torn', async () => {
    const { db: file, scratchDir } = await directories();
    const db = openDb(file);
    db.exec('PRAGMA locking_mode=EXCLUSIVE;');
    fill(db);
    const killed = join(mkdtempSync(join(scratchDir, 'killed-')), 'flb.db');
    for (const part of ['', '-wal']) cpSync(file + part, killed + part);
    insert(db, '/var/log/torn.log', 1, 9n);
    cpSync(`${file}-wal`, `${killed}-wal`);
    truncateSync(`${killed}-wal`, statSync(`${killed}-wal`).size - 100);
    expect(await readFluentBitDb(killed, scratchDir)).toMatchObject({ entries, ignored: 1 });
  });

  test('from a mount that is read-only, by a user who owns nothing', async () => {
    const { db: file, scratchDir } = await directories();
    fill(openDb(file));
    const [root, mount] = [join(file, '../..'), join(file, '..')];
    for (const part of ['', '-wal', '-shm']) chmodSync(file + part, 0o444);
    chmodSync(root, 0o755);
    chmodSync(mount, 0o555);
    chmodSync(scratchDir, 0o777);
    const before = readdirSync(mount);
    expect(await asNobody(() => readFluentBitDb(file, scratchDir))).toMatchObject({ entries });
    expect(readdirSync(mount)).toStrictEqual(before);
  });

  test('the columns of version 5, and a database without a write-ahead log', async () => {
    const { db: file, scratchDir } = await directories();
    const db = new DatabaseSync(file);
    db.exec(CREATE);
    for (const statement of MIGRATE) db.exec(statement);
    fill(db);
    db.close();
    expect(await readFluentBitDb(file, scratchDir)).toMatchObject({ entries, ignored: 1 });
  });

  test('rows without an inode, with an impossible offset or of no container are ignored; a link whose name was cut is not', async () => {
    const { db: file, scratchDir } = await directories();
    const db = openDb(file);
    db.exec(`INSERT INTO in_tail_files (name, offset, inode) VALUES ('${LINK}', 5, NULL), ('${LINK}', -5, 1), ('${LINK}', NULL, 1);`);
    insert(db, '/var/log/syslog', 5, 2n);
    const cut = `/var/log/containers/${'x'.repeat(251)}.log`;
    insert(db, cut, 5, -1n);
    const mark = { kind: 'inode', ino: '18446744073709551615', dev: null };
    expect(await readFluentBitDb(file, scratchDir)).toMatchObject({ entries: [{ path: cut, log: null, mark, offset: 5 }], ignored: 4 });
  });

  test('one that is never still is not read', async () => {
    const { db: file, scratchDir } = await directories();
    openDb(file);
    const reading = readFluentBitDb(file, scratchDir);
    let busy = true;
    void reading.finally(() => (busy = false));
    const write = (): void => {
      appendFileSync(`${file}-wal`, 'x');
      if (busy) setImmediate(write);
    };
    write();
    expect(await reading).toMatchObject({
      reason: 'unreadable',
      message: expect.stringMatching(/^it is being written to; stop/) as string,
    });
    expect(readdirSync(scratchDir)).toStrictEqual([]);
  });

  test('a file that is missing, garbage, empty, another database or a directory', async () => {
    const { db: file, scratchDir } = await directories();
    const faultOf = (path: string): Promise<unknown> => readFluentBitDb(path, scratchDir);
    expect(await faultOf(file)).toMatchObject({ reason: 'missing' });
    writeFileSync(file, 'x'.repeat(5000));
    const message = expect.stringMatching(/^it is no database of Fluent Bit \(.*; name the file that the option DB/) as string;
    expect(await faultOf(file)).toMatchObject({ reason: 'malformed', message });
    writeFileSync(file, '');
    expect(await faultOf(file)).toMatchObject({ reason: 'malformed', message });
    expect(await faultOf(join(file, '..'))).toMatchObject({ reason: 'malformed' });
    expect(readdirSync(scratchDir)).toStrictEqual([]);
    expect(await readFluentBitDb(file, join(scratchDir, 'gone'))).toMatchObject({ reason: 'unreadable' });
  });
});
