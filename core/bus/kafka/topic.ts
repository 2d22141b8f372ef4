import type { Admin } from 'kafkajs';
import { refusalOf } from './client.ts';

/**
 * Makes the topic when it is not there, with the broker's own numbers of partitions and copies. Rejects when it is neither
 * there nor may be made.
 */
export async function ensureTopic(admin: Admin, topic: string): Promise<void> {
  try {
    await admin.fetchTopicMetadata({ topics: [topic] });
  } catch (error) {
    if (refusalOf(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    // Another process may be faster: that answers false and is no error.
    await admin.createTopics({ topics: [{ topic }], waitForLeaders: true });
  }
}
