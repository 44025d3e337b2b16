import { basename } from 'node:path';
import type { Contestant, Workplace } from './contestant.ts';
import { peerTemplate, writeConfig } from './template.ts';

/** A peer that needs one file of `peers/` and joins the parts of a line. */
interface PeerSpec {
  readonly name: string;
  readonly remark: string;
  readonly readsRotated: boolean;
  readonly template: string;
  argumentsOf(config: string, place: Workplace): readonly string[];
}

const SPECS: readonly PeerSpec[] = [
  {
    name: 'fluent-bit',
    remark: 'Loki JSON, which is all that it has, not compressed',
    readsRotated: false,
    template: 'fluent-bit.yaml',
    argumentsOf: (config) => ['-c', config],
  },
  {
    name: 'promtail',
    remark: 'protobuf and snappy',
    readsRotated: false,
    template: 'promtail.yaml',
    argumentsOf: (config) => [`-config.file=${config}`],
  },
  {
    name: 'alloy',
    remark: 'protobuf and snappy',
    readsRotated: false,
    template: 'config.alloy',
    argumentsOf: (config, { directory }) => [
      'run',
      `--storage.path=${directory}/state`,
      '--server.http.listen-addr=127.0.0.1:0',
      '--disable-reporting',
      config,
    ],
  },
  {
    name: 'otelcol',
    remark: 'OTLP protobuf and gzip of level 1',
    readsRotated: true,
    template: 'otelcol/config.yaml',
    argumentsOf: (config) => [`--config=${config}`],
  },
];

export const CONFIGURED_PEERS: readonly string[] = SPECS.map(({ name }) => name);

/** The peer of that name, one of CONFIGURED_PEERS, with its program. */
export function configuredPeer(name: string, program: string): Contestant {
  const spec = SPECS.find((one) => one.name === name)!;
  return {
    name,
    remark: spec.remark,
    unit: 'entries',
    readsRotated: spec.readsRotated,
    prepare: (place) => {
      const config = writeConfig(basename(spec.template), peerTemplate(spec.template), place);
      return { command: [program, ...spec.argumentsOf(config, place)] };
    },
  };
}
