-- Removes all messages of a conversation that wait for recipients. Returns owner and draft of those that no window has shown.
local people, conversation = unpack(ARGV, 6)
drop_clearings(conversation) -- their progress would reveal open windows
local unshown = {}
for person in people:gmatch('%d+') do
  local inbox = inbox_of(person)
  if inbox then
    for place, line in ipairs(redis.call('LRANGE', key('run', person), 0, -1)) do
      local entry = read(line)
      if is_incoming(entry) and entry.conversation == conversation and forgotten(inbox) + place > inbox.confirmed then
        note_outcome(entry, 'expired')
        unshown[#unshown + 1] = person
        unshown[#unshown + 1] = entry.encrypted
      end
    end
    withdraw(inbox, function(entry) return is_incoming(entry) and entry.conversation == conversation end)
    save(inbox)
  end
end
return unshown
