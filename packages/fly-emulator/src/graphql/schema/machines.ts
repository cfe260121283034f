/** Machines, volumes and regions. */
export const MACHINES = /* GraphQL */ `
  type MachineConnection {
    nodes: [Machine]
  }

  type Machine {
    id: ID!
    instanceId: String!
    name: String!
    state: String!
    region: String!
    config: JSON!
    createdAt: ISO8601DateTime!
    updatedAt: ISO8601DateTime!
    app: App!
    host: Host!
    ips(after: String, before: String, first: Int, last: Int): MachineIPConnection!
    egressIpAddresses(after: String, before: String, first: Int, last: Int): EgressIPAddressConnection!
  }

  type Host {
    id: ID!
  }

  type MachineIPConnection {
    nodes: [MachineIP]
  }

  type MachineIP {
    family: String!
    kind: String!
    ip: String!
    maskSize: Int!
  }

  type Volume {
    id: ID!
    name: String!
    region: String!
    sizeGb: Int!
    state: String!
    encrypted: Boolean!
    createdAt: ISO8601DateTime!
    app: App!
    attachedMachine: Machine
  }

  type FlyPlatform {
    requestRegion: String
    regions: [Region!]!
  }

  type Region {
    code: String!
    name: String!
    latitude: Float
    longitude: Float
    gatewayAvailable: Boolean!
    requiresPaidPlan: Boolean!
    deprecated: Boolean!
  }
`;
