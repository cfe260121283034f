/** Addresses of apps. */
export const ADDRESSES = /* GraphQL */ `
  enum IPAddressType {
    private_v6
    shared_v4
    v4
    v6
  }

  type IPAddressConnection {
    nodes: [IPAddress]
  }

  type IPAddress {
    id: ID!
    address: String!
    type: IPAddressType!
    region: String
    createdAt: ISO8601DateTime!
    network: Network
    serviceName: String
  }

  type Network {
    name: String!
    organization: Organization!
  }

  type EgressIPAddressConnection {
    nodes: [EgressIPAddress]
  }

  type EgressIPAddress {
    id: ID!
    ip: String!
    version: Int!
    region: String!
    updatedAt: ISO8601DateTime!
  }

  input AllocateIPAddressInput {
    appId: ID!
    clientMutationId: String
    network: String
    organizationId: ID
    region: String
    serviceName: String
    type: IPAddressType!
  }

  type AllocateIPAddressPayload {
    app: App!
    clientMutationId: String
    ipAddress: IPAddress
  }

  input ReleaseIPAddressInput {
    appId: ID
    clientMutationId: String
    ip: String
    ipAddressId: ID
    serviceName: String
  }

  type ReleaseIPAddressPayload {
    app: App!
    clientMutationId: String
  }
`;
