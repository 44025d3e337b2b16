import { getContainerRuntimeClient } from 'testcontainers';

/**
 * True where integration tests can run. Without an engine they are skipped and the reason is printed once per file; in CI a
 * missing engine is a failure, because there a skipped suite looks just like a green one.
 */
export async function haveContainerEngine(): Promise<boolean> {
  try {
    await getContainerRuntimeClient();
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (process.env['CI'] !== undefined)
      throw new Error(`CI needs a container engine (.ci/with-docker brings one): ${reason}`, { cause: error });
    console.log(`integration tests skipped, no container engine: ${reason}`);
    return false;
  }
}

/** .ci/with-docker says so of its engine: images are made on the spot, none can be pulled, and a RUN step has no network. */
export function engineIsOffline(): boolean {
  return process.env['ENGINE_OFFLINE'] === 'true';
}
