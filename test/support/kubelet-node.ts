import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TempDir, tempDir } from './temp-dir.ts';

const RUN = join(import.meta.dirname, '../../.ci/servers/kubelet/run.sh');
/** Rotated as often as a kubelet can be told to: whatever is larger than this at one of its looks, 3 s apart. */
const ROTATION = { LOG_MAX_SIZE: '100Ki', LOG_MAX_FILES: '5', LOG_INTERVAL: '3s' };
/** What the kubelet appends to the name of a static pod. */
const NODE_SUFFIX = '-node-1';

/** A pod of one container that prints numbered lines: "start", "line 000000001 xxx", ..., "end 1". */
export interface PodSpec {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
  /** Lines a second, and bytes of filler in each. */
  readonly rate: number;
  readonly pad: number;
  /** After how many lines it exits, and how; 0 goes on until the pod is removed. */
  readonly count: number;
  readonly exitCode: number;
  readonly restart: 'Always' | 'Never';
}

/** A real kubelet with containerd and static pods, in namespaces of its own; its log files are read from outside. Needs root. */
export class KubeletNode implements AsyncDisposable {
  readonly #dir: TempDir;
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #exited: Promise<unknown>;

  private constructor(dir: TempDir, programs: readonly string[]) {
    this.#dir = dir;
    // It ends when its input does: with this process, whatever becomes of it.
    this.#child = spawn(RUN, [dir.path, ...programs], { env: { ...process.env, ...ROTATION }, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface(this.#child.stdout!)[Symbol.asyncIterator]();
    this.#exited = once(this.#child, 'exit');
  }

  static async start(): Promise<KubeletNode> {
    const programs = [builtPath('LOGFERRY_KUBELET'), builtPath('LOGFERRY_KUBELET_IMAGES')];
    await using starting = new AsyncDisposableStack();
    const node = starting.use(new KubeletNode(await tempDir(), programs));
    await node.#answer('ready');
    starting.move();
    return node;
  }

  /** Holds `pods` and `containers`, as /var/log does. */
  get logDir(): string {
    return this.#dir.path;
  }

  /** The name that a pod has in its logs' path. */
  static podName(pod: PodSpec): string {
    return pod.name + NODE_SUFFIX;
  }

  run(pod: PodSpec): void {
    const { name, namespace, container, rate, pad, count, exitCode, restart } = pod;
    const args = ['lines', rate, pad, count, exitCode].map(String);
    const manifest = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace },
      spec: {
        hostNetwork: true,
        restartPolicy: restart,
        terminationGracePeriodSeconds: 5,
        containers: [{ name: container, image: 'localhost/emit:1', imagePullPolicy: 'Never', args }],
      },
    };
    const written = this.#manifest(`.${name}`);
    writeFileSync(written, JSON.stringify(manifest));
    renameSync(written, this.#manifest(name));
  }

  /** The program gets SIGTERM within a second; its logs go 0.4 s after its end, or up to a minute. */
  remove(pod: PodSpec): void {
    rmSync(this.#manifest(pod.name));
  }

  #manifest(name: string): string {
    return join(this.#dir.path, 'manifests', `${name}.json`);
  }

  /** Ends the kubelet as SIGKILL does; containers go on. */
  down(): Promise<void> {
    return this.#command('down');
  }

  up(): Promise<void> {
    return this.#command('up');
  }

  async #command(command: string): Promise<void> {
    this.#child.stdin!.write(`${command}\n`);
    await this.#answer(command);
  }

  async #answer(expected: string): Promise<void> {
    const { value } = await this.#answers.next();
    if (value !== expected) throw new Error(`the node said ${JSON.stringify(value)} instead of ${expected}; it needs root`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin!.end();
    await this.#exited;
    await this.#dir[Symbol.asyncDispose]();
  }
}

function builtPath(variable: string): string {
  const path = process.env[variable];
  if (path === undefined) throw new Error(`${variable} is not set: it has to name what .ci/servers/kubelet/build.sh makes`);
  return path;
}
