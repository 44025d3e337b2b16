import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { FaultBench } from '../support/fault-bench.ts';
import type { FaultRow } from '../support/fault-rows.ts';
import { FakeFaultStore } from '../support/fault-store.ts';
import { ELSEWHERE_CERT, EXPIRED_CERT, STRANGER_CERT } from '../support/faulty-certs.ts';
import { LOOPBACK_CERT, LOOPBACK_KEY } from '../support/loopback-tls.ts';
import type { Identity } from '../support/relay.ts';
import { SharedFaultBench } from '../support/shared-fault-bench.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

const TRUSTED = [LOOPBACK_CERT, EXPIRED_CERT, ELSEWHERE_CERT];
const GOOD = identity(LOOPBACK_CERT);

function identity(cert: string): Identity {
  return { cert, key: LOOPBACK_KEY };
}

describe('I1 I2 I5 I9 a store that shows a certificate that cannot be trusted', () => {
  let dir: TempDir;
  let caFile: string;
  beforeAll(async () => {
    dir = await tempDir();
    caFile = join(dir.path, 'ca.pem');
    writeFileSync(caFile, TRUSTED.join(''));
  });
  const shared = new SharedFaultBench(async () =>
    FaultBench.start(await FakeFaultStore.start(), { identity: GOOD, output: { tls: { ca_file: caFile } } }),
  );
  afterAll(async () => {
    await shared[Symbol.asyncDispose]();
    await dir[Symbol.asyncDispose]();
  });

  const rows: readonly Omit<FaultRow, 'outcome' | 'state'>[] = [
    {
      name: 'expired, until it is renewed',
      begin: ({ relay }) => relay.present(identity(EXPIRED_CERT)),
      end: ({ relay }) => relay.present(GOOD),
    },
    {
      name: 'for another name, until it is the right one',
      begin: ({ relay }) => relay.present(identity(ELSEWHERE_CERT)),
      end: ({ relay }) => relay.present(GOOD),
    },
    {
      name: 'of an unknown authority, until the file of authorities is replaced',
      begin: ({ relay }) => relay.present(identity(STRANGER_CERT)),
      end: () => writeFileSync(caFile, [...TRUSTED, STRANGER_CERT].join('')),
    },
  ];
  test.for(rows)('$name', (row) => shared.endure({ ...row, outcome: 'network', state: 'unreachable' }));
});
