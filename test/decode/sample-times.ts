import { type Channel, CHANNEL_NAMES } from '../../agent/model/record.ts';

interface SampleRecord {
  readonly time: string;
  readonly channel: string;
  readonly partial: boolean;
}

function criRecord(line: string): SampleRecord {
  const [time, channel, tag] = line.split(' ', 3) as [string, string, string];
  return { time, channel, partial: tag === 'P' };
}

function dockerRecord(line: string): SampleRecord {
  const { log, stream, time } = JSON.parse(line) as { log: string; stream: string; time: string };
  return { time, channel: stream, partial: !log.endsWith('\n') };
}

/** Nanoseconds since 1970, by the platform's own reading of ISO times for all but the fraction. */
function nanosecondsOf(time: string): bigint {
  const [, seconds, fraction = '', zone] = /^(.{19})(?:\.(\d+))?(.+)$/.exec(time)!;
  return BigInt(Date.parse(`${seconds}${zone}`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** The time of each line of a channel, which is that of its first record, read in another way than the agent does. */
export function timesOfLines(log: Buffer, format: 'cri' | 'docker-json', channel: Channel): bigint[] {
  const lines = log.toString('latin1').split('\n').slice(0, -1);
  const records = lines.map(format === 'cri' ? criRecord : dockerRecord).filter((record) => record.channel === CHANNEL_NAMES[channel]);
  return records.filter((_, i) => records[i - 1]?.partial !== true).map(({ time }) => nanosecondsOf(time));
}
