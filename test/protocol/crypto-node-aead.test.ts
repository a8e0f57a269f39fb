import * as onNode from '../../src/protocol/crypto-node.ts'
import { describeAead } from './crypto-contract.ts'

describeAead('node:crypto', onNode)
