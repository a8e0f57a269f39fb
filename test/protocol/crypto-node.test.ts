import * as onNode from '../../src/protocol/crypto-node.ts'
import { describeHashes, describeRsa } from './crypto-contract.ts'

describeHashes('node:crypto', onNode)
describeRsa('node:crypto', onNode)
