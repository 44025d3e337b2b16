import { globSync } from 'node:fs';
import type { Contestant } from './contestant.ts';
import { peerTemplate, writeConfig } from './template.ts';

interface Output {
  readonly module: string;
  readonly remark: string;
}

/** From the best to the last resort, which is built in; Debian has the others in packages of their own. */
const OUTPUTS: readonly Output[] = [
  { module: 'omhttp', remark: 'omhttp, Loki JSON; joins no parts' },
  { module: 'omelasticsearch', remark: 'omelasticsearch, as it has no omhttp here; joins no parts' },
];
const BUILT_IN: Output = {
  module: 'omfwd',
  remark: 'omfwd, lines over TCP without acknowledgement, as it has no omhttp here; joins no parts',
};

/** `modules` are the paths of the modules that rsyslogd can load. */
export function bestOutput(modules: readonly string[]): Output {
  return OUTPUTS.find(({ module }) => modules.some((path) => path.endsWith(`/${module}.so`))) ?? BUILT_IN;
}

export function rsyslog(program: string): Contestant {
  const { module, remark } = bestOutput(globSync('/usr/{lib,lib64,lib/*}/rsyslog/*.so'));
  return {
    name: 'rsyslogd',
    remark,
    unit: 'records',
    readsRotated: false,
    prepare: (place) => {
      const output = peerTemplate(`rsyslog-${module}.conf`);
      const text = peerTemplate('rsyslog.conf').replace('<output>', () => output);
      const config = writeConfig('rsyslog.conf', text, place);
      return { command: [program, '-n', '-f', config, '-i', `${place.directory}/rsyslogd.pid`] };
    },
  };
}
