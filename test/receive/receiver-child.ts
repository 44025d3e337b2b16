import { AuditSpool } from '../../agent/receive/audit-spool.ts';
import { systemClock } from '../../agent/runtime/clock.ts';
import { receiverBench } from './receiver-bench.ts';

/** Receives into the spool of the directory that it is started with until it is killed, and tells its parent the port. */
const directory = process.argv[2]!;
const spool = await AuditSpool.open({ directory: `${directory}/spool`, fileBytes: 2000, spoolBytes: 100_000_000, clock: systemClock });
const { receiver } = await receiverBench(directory, spool);
process.send!(receiver.port);
