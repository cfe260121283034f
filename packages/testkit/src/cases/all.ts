import type { ConformanceCase } from '../conformance-case.js';
import { applyCases } from './apply.js';
import { artifactsCases } from './artifacts.js';
import { cancelCases } from './cancel.js';
import { buildsCases } from './builds.js';
import { checkCases } from './check.js';
import { connectionCases } from './connections.js';
import { deployCases } from './deploy.js';
import { costCases, regionsCases } from './cost.js';
import { destroyCases } from './destroy.js';
import { dialCases } from './dial.js';
import { errorCases } from './errors.js';
import { environmentsCases } from './environments.js';
import { importCases } from './import.js';
import { diagnoseCases } from './diagnose.js';
import { eventsCases } from './events.js';
import { execCases } from './exec.js';
import { holdCases } from './hold.js';
import { homeCases } from './home.js';
import { identityCases } from './identity.js';
import { imageCases } from './image.js';
import { impactCases } from './impact.js';
import { keysCases } from './keys.js';
import { logsCases } from './logs.js';
import { observeCases } from './observe.js';
import { optionsCases } from './options.js';
import { planCases } from './plan.js';
import { powerCases } from './power.js';
import { processCases } from './process.js';
import { sampleCases } from './sample.js';
import { secretsCases } from './secrets.js';
import { sessionCases } from './session.js';
import { signInCases } from './sign-in.js';
import { snapshotsCases } from './snapshots.js';
import { sshTargetCases } from './ssh-target.js';
import { summarizeCases } from './summarize.js';
import { terminalCases } from './terminal.js';
import { tunnelPeersCases } from './tunnel-peers.js';
import { volumesCases } from './volumes.js';

/** Every case, in the order in which they are run: what others rest on comes first. */
export const CONFORMANCE_CASES: readonly ConformanceCase[] = [
  ...identityCases,
  ...optionsCases,
  ...sampleCases,
  ...checkCases,
  ...observeCases,
  ...planCases,
  ...applyCases,
  ...deployCases,
  ...imageCases,
  ...destroyCases,
  ...summarizeCases,
  ...cancelCases,
  ...errorCases,
  ...powerCases,
  ...sessionCases,
  ...terminalCases,
  ...processCases,
  ...connectionCases,
  ...secretsCases,
  ...homeCases,
  ...impactCases,
  ...volumesCases,
  ...snapshotsCases,
  ...keysCases,
  ...execCases,
  ...dialCases,
  ...tunnelPeersCases,
  ...sshTargetCases,
  ...logsCases,
  ...eventsCases,
  ...holdCases,
  ...diagnoseCases,
  ...environmentsCases,
  ...costCases,
  ...regionsCases,
  ...signInCases,
  ...artifactsCases,
  ...importCases,
  ...buildsCases,
];
