import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { FaultBench } from '../support/fault-bench.ts';
import { FakeFaultStore } from '../support/fault-store.ts';
import { mayMount } from '../support/mounts.ts';
import { tempDir } from '../support/temp-dir.ts';

const NAME = 'store.logferry.test';
const KNOWN = `127.0.0.1 ${NAME}\n`;
/** Runs the command after two files with these as its own /etc/hosts and /etc/nsswitch.conf. */
const MOUNTED = 'mount --bind "$1" /etc/hosts && mount --bind "$2" /etc/nsswitch.conf && shift 2 && exec "$@"';

describe.skipIf(!mayMount())('I1 I2 I5 I9 the name of the store', () => {
  test('is unknown for a while', async () => {
    await using dir = await tempDir();
    const hosts = join(dir.path, 'hosts');
    const nsswitch = join(dir.path, 'nsswitch.conf');
    writeFileSync(hosts, KNOWN);
    writeFileSync(nsswitch, 'hosts: files\n');
    await using bench = await FaultBench.start(await FakeFaultStore.start(), {
      url: ({ port }) => `http://${NAME}:${port}`,
      launcher: ['unshare', '--mount', 'sh', '-c', MOUNTED, 'sh', hosts, nsswitch],
    });
    await bench.endure({
      name: 'name that does not resolve',
      begin: async ({ relay }) => {
        writeFileSync(hosts, '');
        // Connections that there are need no name.
        relay.cut();
        await relay.mend();
      },
      end: () => writeFileSync(hosts, KNOWN),
      outcome: 'network',
      state: 'unreachable',
    });
  });
});
